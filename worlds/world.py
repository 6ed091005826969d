"""Put a world together: bodies, sittings, candidates in parts, plants, and the truth about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from worlds import bodies as of_bodies
from worlds import candidates as of_candidates
from worlds import days
from worlds import sittings as of_sittings
from worlds.candidates import Setting, numbered
from worlds.conditions import Condition, load_conditions
from worlds.frames import Row, conformed, from_rows
from worlds.identities import day_ordinals_kept_apart, people_frame, person_key, person_keys
from worlds.occupations import OCCUPATIONS
from worlds.planting.enrolments import enrolments_needed, plant_enrolments
from worlds.planting.insured import plant_insured
from worlds.planting.sittings import Ground, plant_sittings, sittings_needed
from worlds.truth import truth_frame
from zhiping.kernel.errors import DomainError

DEMO_ENROLMENTS = 30_000
LEAST_ENROLMENTS = 3_000
ENROLMENTS_PER_BODY = 500
ENROLMENTS_PER_SITTING = 75
ENROLMENTS_PER_PART = 250_000
"""How many enrolments are made at a time: what bounds the memory of a large world."""

MOST_ROUNDS = 40
"""How often each flavour is planted at most, however large the world."""

INSURED_MONTHS = 36
AS_OF = date(2026, 11, 20)

PERSONAL = (
    "enrolments",
    "results",
    "certificates",
    "insurance_spans",
    "dispatch_spans",
    "prior_certificates",
)
"""Contract tables that grow with the candidates and come in parts."""


class WorldTooSmallError(DomainError):
    """The world would have no room for its planted violations."""

    code = "worlds.too_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some frames of a world: contract tables, extras, and the truth known with them."""

    tables: Mapping[str, pl.DataFrame]
    extras: Mapping[str, pl.DataFrame]
    truth: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole world in memory.

    Guarantees:
        `tables` holds every table of the contract, with its columns and types in its order. Equal
        arguments and equal `policy/` give equal frames.
    """

    seed: int
    as_of: date
    tables: Mapping[str, pl.DataFrame]
    extras: Mapping[str, pl.DataFrame]
    truth: pl.DataFrame


def generate(
    seed: int,
    results: int | None = None,
    *,
    as_of: date = AS_OF,
    policy: Path | None = None,
) -> World:
    """Return a world of `results` enrolments (30,000 if not said) held in memory.

    Refuses:
        WorldTooSmallError: fewer than 3,000 enrolments.
    """
    parts = list(parts_of(seed, results, as_of=as_of, policy=policy))
    return World(
        seed=seed,
        as_of=as_of,
        tables=_together([part.tables for part in parts]),
        extras=_together([part.extras for part in parts]),
        truth=pl.concat([part.truth for part in parts]).sort("screen_id", "key"),
    )


def _together(frames: list[Mapping[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    names = {name: None for one in frames for name in one}
    return {name: pl.concat([one[name] for one in frames if name in one]) for name in names}


def parts_of(
    seed: int, results: int | None = None, *, as_of: date = AS_OF, policy: Path | None = None
) -> Iterator[Part]:
    """Yield a world in parts: first what does not grow with the candidates, then the candidates.

    Refuses:
        WorldTooSmallError: fewer than 3,000 enrolments.
    """
    count = DEMO_ENROLMENTS if results is None else results
    if count < LEAST_ENROLMENTS:
        raise WorldTooSmallError(results=count, least=LEAST_ENROLMENTS)
    frame = _Skeleton(seed, count, as_of, load_conditions(policy))
    evaluated: list[pl.DataFrame] = []
    for number, (first, last) in enumerate(frame.spans()):
        part, people = frame.candidates(number, first, last)
        evaluated.append(people)
        yield part
    yield frame.rest(pl.concat(evaluated))


class _Skeleton:
    """Everything that is small: bodies, sittings and plants; candidates are drawn from it in parts."""

    def __init__(self, seed: int, count: int, as_of: date, conditions: tuple[Condition, ...]) -> None:
        self.seed = seed
        self.as_of = as_of
        random = Random(seed)
        self.random = random
        self.rounds = max(1, min(MOST_ROUNDS, count // DEMO_ENROLMENTS))
        # 1. Bodies, and their clean sittings.
        self.bodies = of_bodies.make_bodies(
            max(60, count // ENROLMENTS_PER_BODY), as_of=as_of, first_person=count, random=random
        )
        room = max(400, count // ENROLMENTS_PER_SITTING) - sittings_needed(self.rounds)
        clean = of_sittings.make_sittings(self.bodies, room, as_of=as_of, random=random)
        # 2. Sittings with something wrong, or nearly wrong, about them.
        ground = Ground(
            bodies=self.bodies,
            as_of=as_of,
            random=random,
            next_person=count + of_bodies.people_employed(self.bodies),
            busy={(one.body.index, one.day) for one in clean},
        )
        plant_sittings(ground, self.rounds)
        self.sittings = sorted([*clean, *ground.made], key=lambda one: (one.body.index, one.starts_at))
        for index, sitting in enumerate(self.sittings):
            sitting.index = sitting.plan = index
        external = of_sittings.assign_external_supervisors(self.sittings, ground.next_person)
        self.external = range(ground.next_person, ground.next_person + external)
        first_planted = ground.next_person + external
        self.people = first_planted + enrolments_needed(len(ground.made), self.rounds)
        # 3. Candidates with something wrong, or nearly wrong, about them.
        self.setting = Setting(sittings=self.sittings, conditions=conditions, as_of=as_of, people=self.people)
        self.planted = plant_enrolments(
            self.setting,
            ground.made,
            first=first_planted,
            rounds=self.rounds,
            rng=np.random.default_rng([seed, 2]),
            random=random,
        )
        self.truths = [*ground.truths, *self.planted.truths]
        # 4. Everybody else.
        of_sittings.seat_candidates(clean, count - self.planted.count, random)
        self._insure(random)

    def _insure(self, random: Random) -> None:
        seats: dict[int, int] = {}
        for sitting in self.sittings:
            seats[sitting.body.index] = seats.get(sitting.body.index, 0) + sitting.seats
        for body in self.bodies:
            known = seats.get(body.index, 0) if body.kind == "employer" else 0
            least = 320 if body.kind == "employer" else 24
            body.insured_base = least + int(known * 1.3) + random.randrange(least)

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield the sittings of each part, never splitting a body: first, and last not included."""
        first = seats = 0
        for index, sitting in enumerate(self.sittings):
            begins_body = index == 0 or sitting.body is not self.sittings[index - 1].body
            if begins_body and seats >= ENROLMENTS_PER_PART:
                yield first, index
                first, seats = index, 0
            seats += sitting.seats
        yield first, len(self.sittings)

    def candidates(self, number: int, first: int, last: int) -> tuple[Part, pl.DataFrame]:
        """Return one part of the candidates and how many people each body evaluated in each month."""
        rng = np.random.default_rng([self.seed, 1, number])
        seats = of_candidates.plain_seats(self.sittings, first, last, rng)
        before = sum(one.seats for one in self.sittings[:first])
        drawn = of_candidates.draw(self.setting, seats, before, rng)
        planted = self.planted.of_bodies([one.body.body_id for one in self.sittings[first:last]])
        tables = {
            name: pl.concat([getattr(drawn, name), planted[name]])
            for name in PERSONAL
            if name != "certificates"
        }
        certificates = numbered(pl.concat([drawn.certificates, planted["certificates"]]))
        tables["certificates"] = conformed("certificates", certificates)
        known = certificates.drop_nulls("reference")
        numbers = dict(zip(known["reference"], known["certificate_number"], strict=True))
        ready = [one for one in self.truths if one.needs_number and one.is_known(numbers)]
        extras = {"people": pl.concat([drawn.people, planted["people"]])}
        part = Part(tables=tables, extras=extras, truth=truth_frame(ready, numbers))
        attended = tables["results"].filter(~pl.col("absent")).select(pl.col("enrolment_id").unique())
        return part, self._evaluated(tables["enrolments"].join(attended, on="enrolment_id"), first, last)

    def _evaluated(self, attended: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
        """Return how many people who attended at least one subject each body evaluated in each month."""
        held = [one for one in self.sittings[first:last] if one.state == "held"]
        months = pl.DataFrame(
            {
                "sitting_id": [one.sitting_id for one in held],
                "body_id": [one.body.body_id for one in held],
                "month": [one.day.replace(day=1) for one in held],
            },
            schema={"sitting_id": pl.String, "body_id": pl.String, "month": pl.Date},
        )
        return (
            attended.join(months, on="sitting_id")
            .group_by("body_id", "month")
            .agg(people=pl.col("person_key").n_unique().cast(pl.Int64))
        )

    def rest(self, evaluated: pl.DataFrame) -> Part:
        """Return what does not grow with the candidates, and the truth about it."""
        insured, truths = plant_insured(
            self._insured_months(), evaluated, self.bodies, self.rounds, Random(self.seed)
        )
        known = [one for one in self.truths if not one.needs_number] + truths
        tables = {
            "bodies": from_rows("bodies", of_bodies.body_rows(self.bodies)),
            "scope_lines": from_rows("scope_lines", of_bodies.scope_rows(self.bodies)),
            "sittings": from_rows("sittings", of_sittings.sitting_rows(self.sittings)),
            "assignments": from_rows("assignments", of_sittings.assignment_rows(self.sittings)),
            "insured_months": conformed("insured_months", insured),
        }
        return Part(tables=tables, extras=self._extras(), truth=truth_frame(known, {}))

    def _insured_months(self) -> pl.DataFrame:
        months = days.months_up_to(self.as_of, INSURED_MONTHS)
        base = np.array([body.insured_base for body in self.bodies])
        swing = np.random.default_rng([self.seed, 3]).uniform(0.98, 1.06, size=(len(base), len(months)))
        return pl.DataFrame(
            {
                "body_id": pl.Series([body.body_id for body in self.bodies]).gather(
                    np.repeat(np.arange(len(base)), len(months))
                ),
                "month": pl.Series(months * len(base), dtype=pl.Date),
                "insured_count": (base[:, None] * swing).astype(np.int64).reshape(-1),
            }
        )

    def _extras(self) -> dict[str, pl.DataFrame]:
        staff = pl.DataFrame(list(of_bodies.staff_rows(self.bodies)))
        people = np.concatenate([staff["person"].to_numpy(), np.array(self.external, dtype=np.int64)])
        born = days.ordinal(date(1988, 6, 1)) - people * 37 % 7000
        born = day_ordinals_kept_apart(born, people, self.people)
        return {
            "people": people_frame(people, born),
            "body_details": _frame(of_bodies.detail_rows(self.bodies, self.random)),
            "venues": _frame(of_bodies.venue_rows(self.bodies)),
            "staff": staff.select(
                person_keys(staff["person"].to_numpy()).alias("person_key"), pl.all().exclude("person")
            ),
            "supervisors": _frame(self._external_rows()),
            "filings": _frame(of_bodies.filing_rows(self.bodies)),
            "filing_documents": _frame(of_bodies.document_rows(self.bodies)),
            "plans": _frame(of_sittings.plan_rows(self.sittings)),
            "sitting_subjects": _frame(of_sittings.subject_rows(self.sittings)),
            "occupations": _frame(asdict(one) for one in OCCUPATIONS),
            "offices": _frame(of_bodies.office_rows()),
            "officers": _frame(of_bodies.officer_rows()),
        }

    def _external_rows(self) -> Iterator[Row]:
        seen: set[int] = set()
        for sitting in self.sittings:
            for one in sitting.assignments:
                if one.role == "external_supervisor" and one.person not in seen:
                    seen.add(one.person)
                    yield {"person_key": person_key(one.person), "place": sitting.place}


def _frame(rows: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), infer_schema_length=None)
