"""Candidates of a world, vectorised: enrolments, results, certificates, insurance, prior certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from worlds import days
from worlds.conditions import Condition
from worlds.frames import conformed
from worlds.identities import day_ordinals_kept_apart, people_frame, person_keys
from worlds.occupations import OCCUPATIONS
from worlds.sittings import Sitting

type Whole = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]

NOTHING = -1
"""Stands for a missing number inside the arrays of this module."""

_PASS_MARK_SHARE = 0.86
_DAYS_IN_YEAR = 365.25
KINDS = ("staff", "dispatched", "student", "public")
_STAFF, _DISPATCHED, _STUDENT, _PUBLIC = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Frames of one draw; certificates have no number yet and carry what numbering needs."""

    enrolments: pl.DataFrame
    results: pl.DataFrame
    certificates: pl.DataFrame
    people: pl.DataFrame
    insurance_spans: pl.DataFrame
    dispatch_spans: pl.DataFrame
    prior_certificates: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """One entry per enrolment: its sitting's facts, and the enrolment whose person sits again."""

    sitting: Whole
    same_person_as: Whole
    fails: Flags
    wanted_condition: Whole
    wanted_kind: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is the same for every draw of a world."""

    sittings: Sequence[Sitting]
    conditions: Sequence[Condition]
    as_of: date
    people: int


def plain_seats(sittings: Sequence[Sitting], first: int, last: int, rng: np.random.Generator) -> Seats:
    """Return the seats of the sittings numbered `first` to `last` (not included).

    Some of those who fail sit again in the body's next sitting of the same occupation and level.
    """
    sizes = np.array([one.seats for one in sittings[first:last]], dtype=np.int64)
    sitting = np.repeat(np.arange(first, last), sizes)
    fails: Flags = rng.random(len(sitting)) > _PASS_MARK_SHARE
    nothing = np.full(len(sitting), NOTHING)
    return Seats(
        sitting=sitting,
        same_person_as=_sitting_again(sittings, first, last, sizes, fails),
        fails=fails,
        wanted_condition=nothing,
        wanted_kind=nothing,
    )


def _sitting_again(sittings: Sequence[Sitting], first: int, last: int, sizes: Whole, fails: Flags) -> Whole:
    """Return for each seat the seat whose person sits again there, or itself."""
    starts = np.concatenate([[0], np.cumsum(sizes)])
    same = np.arange(starts[-1])
    latest: dict[tuple[int, int, str], int] = {}
    for position, sitting in enumerate(sittings[first:last]):
        group = (sitting.body.index, sitting.occupation, sitting.level)
        before = latest.get(group)
        if before is not None and sitting.state != "cancelled":
            # The first sixth of the seats may go to repeaters, who never come from such a seat themselves.
            fresh = starts[before] + sizes[before] // 6
            failed = fresh + np.flatnonzero(fails[fresh : starts[before + 1]])
            again = failed[: sizes[position] // 6]
            same[starts[position] : starts[position] + len(again)] = again
        if sitting.state == "held":
            latest[group] = position
    return same


def draw(setting: Setting, seats: Seats, first_person: int, rng: np.random.Generator) -> Drawn:
    """Return clean candidates for the seats; enrolment n is person `first_person + n` or sits again."""
    facts = _Facts(setting, seats, first_person, rng)
    return Drawn(
        enrolments=facts.enrolments(),
        results=facts.results(rng),
        certificates=facts.certificates(rng),
        people=facts.people(),
        insurance_spans=facts.insurance_spans(rng),
        dispatch_spans=facts.dispatch_spans(rng),
        prior_certificates=facts.prior_certificates(),
    )


class _Facts:
    """The arrays behind one draw, made once and read by each table."""

    def __init__(self, setting: Setting, seats: Seats, first_person: int, rng: np.random.Generator) -> None:
        self.setting = setting
        self.seats = seats
        self.count = len(seats.sitting)
        self.own = seats.same_person_as == np.arange(self.count)
        self.enrolment = first_person + np.arange(self.count)
        self.person = self.enrolment[seats.same_person_as]
        self._take_sittings(setting.sittings, seats.sitting)
        self.kind = self._kinds(seats.wanted_kind, rng)
        self.condition = self._conditions(seats.wanted_condition, rng)
        self._meet_conditions(rng)

    def _take_sittings(self, sittings: Sequence[Sitting], chosen: Whole) -> None:
        used, position = np.unique(chosen, return_inverse=True)
        mine = [sittings[number] for number in used]

        def spread(values: list[int]) -> Whole:
            spread_out: Whole = np.array(values, dtype=np.int64)[position]
            return spread_out

        self.day = spread([days.ordinal(one.day) for one in mine])
        self.level = spread([int(one.level) for one in mine])
        self.occupation = spread([one.occupation for one in mine])
        self.body = spread([one.body.index for one in mine])
        self.body_kind = spread([("employer", "social_body", "school").index(one.body.kind) for one in mine])
        self.held = spread([one.state == "held" for one in mine]).astype(bool)
        self.sitting_ids = pl.Series([one.sitting_id for one in mine]).gather(position)
        self.body_ids = pl.Series([one.body.body_id for one in mine]).gather(position)
        self.places = pl.Series([one.place for one in mine]).gather(position)
        self.prefixes = pl.Series([number_prefix(one) for one in mine]).gather(position)
        self.occupation_codes = pl.Series([one.code for one in OCCUPATIONS]).gather(self.occupation)

    def _kinds(self, wanted: Whole, rng: np.random.Generator) -> Whole:
        by_body = np.array([_STAFF, _PUBLIC, _STUDENT])[self.body_kind]
        dispatched = (self.body_kind == 0) & (rng.random(self.count) < 0.08)
        kinds = np.where(dispatched, _DISPATCHED, by_body)
        kinds = np.where(wanted != NOTHING, wanted, kinds)
        return self._of_person(kinds)

    def _conditions(self, wanted: Whole, rng: np.random.Generator) -> Whole:
        generations = np.array([int(one.generation) for one in OCCUPATIONS])[self.occupation]
        is_student = self.kind == _STUDENT
        chosen = np.full(self.count, NOTHING)
        groups = generations * 100 + self.level * 10 + is_student
        for group in np.unique(groups):
            members = np.flatnonzero(groups == group)
            possible = self._possible(int(group))
            chosen[members] = rng.choice(possible, size=len(members))
        return self._of_person(np.where(wanted != NOTHING, wanted, chosen))

    def _possible(self, group: int) -> Whole:
        generation, level, for_student = str(group // 100), str(group // 10 % 10), bool(group % 10)
        listed = [
            (number, one)
            for number, one in enumerate(self.setting.conditions)
            if (one.generation, one.level) == (generation, level)
        ]
        suited = [number for number, one in listed if one.suits_students or not for_student]
        return np.array(suited or [number for number, _ in listed], dtype=np.int64)

    def _of_person(self, values: Whole) -> Whole:
        """Give a seat of somebody who sits again the facts of the first time."""
        return values[self.seats.same_person_as]

    def _column(self, name: str) -> Whole:
        values = [getattr(one, name) for one in self.setting.conditions]
        table = np.array([NOTHING if value is None else int(value) for value in values], dtype=np.int64)
        chosen: Whole = table[self.condition]
        return chosen

    def _meet_conditions(self, rng: np.random.Generator) -> None:
        """Draw age, work, prior certificate, education and title so that the condition holds with room."""
        slack = rng.integers(2, 60, size=self.count)
        needed_work = np.maximum(self._column("min_work_months"), 0)
        since_prior = np.maximum(self._column("months_since_prior"), 0)
        since_title = np.maximum(self._column("months_since_title"), 0)
        says_work = (needed_work > 0) | (rng.random(self.count) < 0.5)
        work = np.maximum(needed_work, since_prior) + slack
        self.work_months = self._of_person(
            np.where(
                (self.kind == _STUDENT) & (needed_work == 0), NOTHING, np.where(says_work, work, NOTHING)
            )
        )
        first_day = self.day[self.seats.same_person_as]
        self.prior_level = self._column("prior_level")
        self.prior_issued = np.where(
            self.prior_level == NOTHING,
            NOTHING,
            self._of_person(days.months_before(first_day, since_prior + slack // 2 + 1)),
        )
        has_title = np.array([one.title is not None for one in self.setting.conditions])[self.condition]
        self.has_title = has_title
        self.title_issued = np.where(
            has_title,
            self._of_person(days.months_before(first_day, since_title + slack // 2 + 1)),
            NOTHING,
        )
        youngest = np.maximum(self._column("min_age"), 16) * 12 + np.where(
            self.kind == _STUDENT, 6, np.maximum(work, since_title) + 24
        )
        spread = np.where(self.kind == _STUDENT, 40, 220)
        age_months = youngest + (rng.random(self.count) * spread).astype(np.int64)
        born = days.months_before(first_day, self._of_person(age_months)) - self._of_person(
            rng.integers(0, 28, size=self.count)
        )
        self.born = day_ordinals_kept_apart(born, self.person, self.setting.people)
        self.education = self._education(rng)

    def _education(self, rng: np.random.Generator) -> list[str | None]:
        options = [one.education for one in self.setting.conditions]
        pick = self._of_person(rng.integers(0, 60, size=self.count))
        usual = ("none", "secondary_vocational", "junior_college")
        table = [
            [(option or usual)[number % len(option or usual)] for number in range(60)] for option in options
        ]
        flat = pl.Series([value for row in table for value in row])
        return flat.gather(self.condition * 60 + pick).to_list()

    def enrolments(self) -> pl.DataFrame:
        titles = pl.Series([one.title or "none" for one in self.setting.conditions])
        frame = pl.DataFrame(
            {
                "enrolment_id": enrolment_ids(self.enrolment),
                "sitting_id": self.sitting_ids,
                "person_key": person_keys(self.person),
                "candidate_kind": pl.Series(KINDS).gather(self.kind),
                "born_on": _dates(self.born),
                "entry_condition": pl.Series([one.id for one in self.setting.conditions]).gather(
                    self.condition
                ),
                "work_months": _wholes(self.work_months),
                "prior_level": _wholes(self.prior_level).cast(pl.String),
                "prior_issued_on": _dates(self.prior_issued),
                "education": self.education,
                "title": titles.gather(self.condition),
                "title_issued_on": _dates(self.title_issued),
            }
        )
        return conformed("enrolments", frame)

    def results(self, rng: np.random.Generator) -> pl.DataFrame:
        subjects = ("theory", "practical", "comprehensive")
        taken = np.where(self.level <= 2, 3, 2)
        # One subject is failed by those who fail; every twelfth of them was absent instead.
        failed_subject = rng.integers(0, taken)
        absent = self.seats.fails & (rng.random(self.count) < 0.08)
        recorded = self.day + rng.integers(1, 8, size=self.count)
        parts = []
        for number, subject in enumerate(subjects):
            passes = rng.integers(120, 197, size=self.count)
            failing = rng.integers(70, 120, size=self.count)
            is_failed = self.seats.fails & (failed_subject == number)
            is_absent = is_failed & absent
            part = pl.DataFrame(
                {
                    "enrolment_id": enrolment_ids(self.enrolment),
                    "subject": pl.repeat(subject, self.count, eager=True),
                    "score": pl.Series(np.where(is_failed, failing, passes) / 2),
                    "absent": is_absent,
                    "recorded_on": _dates(recorded),
                    "taken": (taken > number) & self.held,
                }
            )
            parts.append(part.with_columns(pl.when(~pl.col("absent")).then(pl.col("score")).alias("score")))
        together = pl.concat(parts).filter("taken").sort("enrolment_id", maintain_order=True)
        return conformed("results", together)

    def certificates(self, rng: np.random.Generator) -> pl.DataFrame:
        issued = self.day + rng.integers(18, 36, size=self.count)
        has = self.held & ~self.seats.fails & (issued <= days.ordinal(self.setting.as_of))
        annulled = rng.random(self.count) < 0.002
        frame = pl.DataFrame(
            {
                "enrolment_id": enrolment_ids(self.enrolment),
                "person_key": person_keys(self.person),
                "body_id": self.body_ids,
                "occupation_code": self.occupation_codes,
                "level": pl.Series(self.level).cast(pl.String),
                "place": self.places,
                "issued_on": _dates(issued),
                "state": pl.Series(["valid", "annulled"]).gather(annulled.astype(np.int64)),
                "prefix": self.prefixes,
                "reference": pl.Series([None] * self.count, dtype=pl.String),
            }
        )
        return frame.filter(pl.Series(has))

    def people(self) -> pl.DataFrame:
        return people_frame(self.person[self.own], self.born[self.own])

    def insurance_spans(self, rng: np.random.Generator) -> pl.DataFrame:
        """Insure staff with the body from before the sitting; dispatched workers elsewhere."""
        began = self.day - rng.integers(30, 1500, size=self.count)
        left = self.day + rng.integers(40, 400, size=self.count)
        sits_again = np.zeros(self.count, dtype=bool)
        sits_again[self.seats.same_person_as[~self.own]] = True
        leaves = (rng.random(self.count) < 0.05) & ~sits_again
        agency = pl.Series([f"D{number + 1:04d}" for number in range(20)]).gather(self.person % 20)
        is_staff = pl.Series(self.kind == _STAFF)
        frame = pl.DataFrame(
            {
                "person_key": person_keys(self.person),
                "body_id": self.body_ids.zip_with(is_staff, agency),
                "valid_from": _dates(began),
                "valid_to": _dates(np.where(leaves, left, NOTHING)),
            }
        )
        return conformed("insurance_spans", frame.filter(pl.Series(self.own & (self.kind <= _DISPATCHED))))

    def dispatch_spans(self, rng: np.random.Generator) -> pl.DataFrame:
        """Dispatch workers to the body from more than a year before the sitting."""
        began = self.day - rng.integers(400, 1500, size=self.count)
        frame = pl.DataFrame(
            {
                "person_key": person_keys(self.person),
                "body_id": self.body_ids,
                "valid_from": _dates(began),
                "valid_to": _dates(np.full(self.count, NOTHING)),
            }
        )
        return conformed("dispatch_spans", frame.filter(pl.Series(self.own & (self.kind == _DISPATCHED))))

    def prior_certificates(self) -> pl.DataFrame:
        frame = pl.DataFrame(
            {
                "person_key": person_keys(self.person),
                "occupation_code": self.occupation_codes,
                "level": _wholes(self.prior_level).cast(pl.String),
                "issued_on": _dates(self.prior_issued),
            }
        )
        return conformed(
            "prior_certificates", frame.filter(pl.Series(self.own & (self.prior_level != NOTHING)))
        )


def number_prefix(sitting: Sitting) -> str:
    """Return the 13 characters of a certificate number that name the body's site."""
    body = sitting.body
    letter = "Y" if body.kind == "employer" else "S"
    return f"{letter}0000{body.city.province_code[:2]}{body.site_code}"


def numbered(certificates: pl.DataFrame) -> pl.DataFrame:
    """Return the certificates with their 22-character numbers, gap-free per site, year and level.

    All certificates of a site must be in the frame.
    """
    group = ["prefix", "year", "level"]
    return (
        certificates.with_columns(year=pl.col("issued_on").dt.strftime("%y"))
        .sort([*group, "issued_on", "person_key", "enrolment_id"], nulls_last=True, maintain_order=True)
        .with_columns(serial=pl.int_range(1, pl.len() + 1).over(group).cast(pl.String).str.zfill(6))
        .with_columns(certificate_number=pl.concat_str("prefix", "year", "level", "serial"))
    )


def enrolment_ids(enrolment: Whole) -> pl.Series:
    """Return the identifiers of enrolments by index."""
    return "E" + pl.Series(enrolment).cast(pl.String).str.zfill(9)


def _dates(numbers: Whole) -> pl.Series:
    """Return days; a missing number is a missing day."""
    series = pl.Series(numbers.astype(np.int32)).cast(pl.Date)
    return _without_nothing(series, numbers)


def _wholes(numbers: Whole) -> pl.Series:
    return _without_nothing(pl.Series(numbers), numbers)


def _without_nothing(series: pl.Series, numbers: Whole) -> pl.Series:
    return series.set(pl.Series(numbers == NOTHING), None)
