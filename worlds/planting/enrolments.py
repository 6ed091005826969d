"""Plant candidates: draw clean ones, let each flavour spoil its own, and write down the truth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np
import polars as pl

from worlds.bodies import Body
from worlds.candidates import KINDS, NOTHING, Drawn, Seats, Setting, draw
from worlds.days import ordinal
from worlds.frames import Row, from_rows
from worlds.identities import people_frame, person_key
from worlds.planting import entry_unmet, outside_unit, without_exam
from worlds.planting.seat import Flavour, Seat
from worlds.sittings import Sitting
from worlds.truth import Truth

FLAVOURS = (*without_exam.FLAVOURS, *outside_unit.FLAVOURS, *entry_unmet.FLAVOURS)
TIMES = 2
"""How often each flavour is planted in a round."""

_DAYS_TO_CERTIFICATE = 80
"""Plants sit where certificates were issued long enough ago for any of them."""

_LAST_PLAIN_DAY = 27
"""Plants count months to the day: neither this day nor the next one is missing in any month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The planted candidates' frames, each with the body's identifier, and the truth about them."""

    tables: Mapping[str, pl.DataFrame]
    truths: list[Truth]

    @property
    def count(self) -> int:
        """Return how many enrolments were planted; some plants never enrolled."""
        return self.tables["enrolments"].height

    def of_bodies(self, body_ids: Sequence[str]) -> dict[str, pl.DataFrame]:
        """Return the frames of the candidates of some bodies."""
        return {
            name: frame.filter(pl.col("planted_at").is_in(body_ids)).drop("planted_at")
            for name, frame in self.tables.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A seat to be drawn: where, under which condition, as what kind, for which flavour if any."""

    sitting: int
    condition: int
    kind: int
    flavour: Flavour | None


def plant_enrolments(
    setting: Setting,
    extra: Iterable[Sitting],
    *,
    first: int,
    rounds: int,
    rng: np.random.Generator,
    random: Random,
) -> Planted:
    """Plant every flavour, and one clean candidate in each sitting of `extra`.

    People and enrolments are numbered from `first` on.
    """
    wishes = [*_spoiled(setting, rounds, random), *_clean(extra)]
    whole = np.array([[wish.sitting, wish.condition, wish.kind] for wish in wishes], dtype=np.int64)
    seats = Seats(
        sitting=whole[:, 0],
        same_person_as=np.arange(len(wishes)),
        fails=np.zeros(len(wishes), dtype=bool),
        wanted_condition=whole[:, 1],
        wanted_kind=whole[:, 2],
    )
    drawn = draw(setting, seats, first, rng)
    planted = list(_seats(setting, wishes, drawn, first))
    truths = []
    for wish, seat in zip(wishes, planted, strict=True):
        if wish.flavour is not None:
            wish.flavour.spoil(seat)
            truths.append(_truth(wish.flavour, seat))
    return Planted(tables=_tables(planted, drawn.certificates.schema), truths=truths)


def enrolments_needed(extra: int, rounds: int) -> int:
    """Return how many people are planted, one in each extra sitting included."""
    return len(FLAVOURS) * TIMES * rounds + extra


def _truth(flavour: Flavour, seat: Seat) -> Truth:
    return Truth(
        screen_id=flavour.screen_id,
        key=flavour.key(seat),
        is_violation=flavour.is_violation,
        note=flavour.note,
    )


def _clean(extra: Iterable[Sitting]) -> Iterator[_Wish]:
    for sitting in extra:
        yield _Wish(sitting=sitting.index, condition=NOTHING, kind=NOTHING, flavour=None)


def _spoiled(setting: Setting, rounds: int, random: Random) -> Iterator[_Wish]:
    latest = setting.as_of - timedelta(days=_DAYS_TO_CERTIFICATE)
    usual = [
        one
        for one in setting.sittings
        if one.state == "held" and not one.is_planted and one.day <= latest and one.day.day <= _LAST_PLAIN_DAY
    ]
    for flavour in FLAVOURS:
        places = _places(flavour, usual, setting)
        for _ in range(TIMES * rounds):
            sitting, condition = random.choice(places)
            kind = NOTHING if flavour.kind is None else KINDS.index(flavour.kind)
            yield _Wish(sitting=sitting, condition=condition, kind=kind, flavour=flavour)


def _places(flavour: Flavour, sittings: Sequence[Sitting], setting: Setting) -> list[tuple[int, int]]:
    """Return where the flavour can be planted: sitting and condition of entry."""
    suited = [one for one in sittings if flavour.suits(one)]
    if flavour.allows is None:
        return [(one.index, NOTHING) for one in suited]
    allowed = [(number, one) for number, one in enumerate(setting.conditions) if flavour.allows(one)]
    return [
        (sitting.index, number)
        for sitting in suited
        for number, condition in allowed
        if (condition.generation, condition.level) == (sitting.generation, sitting.level)
    ]


def _seats(setting: Setting, wishes: Sequence[_Wish], drawn: Drawn, first: int) -> Iterator[Seat]:
    results = _grouped(drawn.results, "enrolment_id")
    certificates = _grouped(drawn.certificates, "enrolment_id")
    insurance = _grouped(drawn.insurance_spans, "person_key")
    dispatch = _grouped(drawn.dispatch_spans, "person_key")
    prior = _grouped(drawn.prior_certificates, "person_key")
    conditions = {one.id: one for one in setting.conditions}
    employers = [body for body in _bodies(setting) if body.kind == "employer"]
    for number, (wish, row) in enumerate(zip(wishes, drawn.enrolments.iter_rows(named=True), strict=True)):
        sitting = setting.sittings[wish.sitting]
        issued = certificates.get(row["enrolment_id"], [])
        yield Seat(
            sitting=sitting,
            condition=conditions[row["entry_condition"]],
            person=first + number,
            reference=f"planted-{number}",
            strangers=[body for body in employers if body is not sitting.body][:2],
            enrolment=row,
            results=results.get(row["enrolment_id"], []),
            stranger=person_key(first + (number + 1) % len(wishes)),
            certificate=issued[0] | {"reference": f"planted-{number}", "state": "valid"} if issued else {},
            insurance=insurance.get(row["person_key"], []),
            dispatch=dispatch.get(row["person_key"], []),
            prior=prior.get(row["person_key"], []),
            is_certified=bool(issued),
        )


def _bodies(setting: Setting) -> list[Body]:
    return list({one.body.index: one.body for one in setting.sittings}.values())


def _grouped(frame: pl.DataFrame, key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        groups.setdefault(row[key], []).append(row)
    return groups


def _tables(planted: Sequence[Seat], certificate_schema: pl.Schema) -> dict[str, pl.DataFrame]:
    rows: dict[str, list[list[Row]]] = {
        "enrolments": [[seat.enrolment] if seat.is_enrolled else [] for seat in planted],
        "results": [seat.results for seat in planted],
        "insurance_spans": [seat.insurance for seat in planted],
        "dispatch_spans": [seat.dispatch for seat in planted],
        "prior_certificates": [seat.prior for seat in planted],
    }
    at = [seat.sitting.body.body_id for seat in planted]
    tables = {
        name: from_rows(name, (row for group in groups for row in group)).with_columns(_at(at, groups))
        for name, groups in rows.items()
    }
    certificates = [[seat.certificate] if seat.is_certified else [] for seat in planted]
    tables["certificates"] = pl.DataFrame(
        [row for group in certificates for row in group], schema=certificate_schema
    ).with_columns(_at(at, certificates))
    person = np.array([seat.person for seat in planted], dtype=np.int64)
    born = np.array([_born(seat) for seat in planted], dtype=np.int64)
    tables["people"] = people_frame(person, born).with_columns(pl.Series("planted_at", at))
    return tables


def _at(body_ids: Sequence[str], groups: Sequence[Sequence[Row]]) -> pl.Series:
    return pl.Series(
        "planted_at",
        [body_id for body_id, group in zip(body_ids, groups, strict=True) for _ in group],
        dtype=pl.String,
    )


def _born(seat: Seat) -> int:
    born: date = seat.enrolment["born_on"]
    return ordinal(born)
