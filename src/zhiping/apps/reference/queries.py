"""The law, the calendar and the dated lists, for every app downstream."""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping

import polars as pl
from django.db.models import Q, QuerySet

from zhiping.apps.journal.queries import rule_snapshots
from zhiping.apps.reference.models import (
    AccessQualification,
    OccupationalStandard,
    ShortageOccupation,
    WorkdayOverride,
)
from zhiping.apps.reference.models.lists import Dated
from zhiping.core.catalogues.errors import OccupationUnknownError
from zhiping.core.catalogues.occupations import Listing, occupation
from zhiping.core.policybook import PolicyBook, TableVerdict, Verdict
from zhiping.core.policybook.replay import Replay, replay, snapshots_named
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder
from zhiping.kernel.workdays import WorkCalendar


@functools.cache
def law() -> PolicyBook:
    """Return the policy book of this installation, loaded and checked once."""
    return PolicyBook.load(policy_folder())


def judge(question: str, facts: Mapping[str, object], *, place: str, on: dt.date) -> Verdict:
    """Judge one case by the law of the place on the named day."""
    return law().judge(question, facts, place=Place(place), on=on)


def judge_table(question: str, facts: pl.DataFrame, *, place: str, on: dt.date) -> TableVerdict:
    """Judge many cases, one a row, by the law of the place on the named day."""
    return law().judge_table(question, facts, place=Place(place), on=on)


def replayed(stored: Iterable[Mapping[str, object]]) -> tuple[Replay, ...]:
    """Judge stored verdicts again: by the rules stored with them, and by today's law (判定重演).

    Refuses:
        VerdictUnreadableError: one of them cannot be read.
    """
    parts = tuple(stored)
    kept = rule_snapshots(address for part in parts for address in snapshots_named(part))
    return tuple(replay(law(), part, kept) for part in parts)


def whole_parameter(parameter: str, *, place: str, on: dt.date) -> int | None:
    """Return a whole-number parameter in force at the place that day, or None where no rule is known."""
    found = law().resolve(parameter, place=Place(place), on=on)
    return None if found is None else int(str(found.value))


def listed(parameter: str, *, place: str, on: dt.date) -> tuple[str, ...]:
    """Return a parameter that is a list of words, in force at the place that day; empty where none is."""
    found = law().resolve(parameter, place=Place(place), on=on)
    if found is None:
        return ()
    return (
        tuple(str(word) for word in found.value)
        if isinstance(found.value, list | tuple)
        else (str(found.value),)
    )


def occupation_name(code: str, *, edition: str = "2022") -> str:
    """Return the name of an occupation of the newest edition; the code itself where no list tells.

    Refuses:
        OccupationUnknownError: the edition's list is held and does not have the code.
    """
    identity = occupation(code, edition)
    if identity.listing is Listing.NOT_LISTED:
        raise OccupationUnknownError(code=code, edition=edition)
    return identity.occupation.name if identity.occupation else code


def binding_clauses(clauses: Iterable[str], *, place: str, on: dt.date) -> tuple[str, ...]:
    """Return those of the clauses whose document binds at the place on the day.

    Nothing from one city binds another: an operation in Foshan does not cite a Liaoning clause.
    """
    book, here = law(), Place(place)
    binding = []
    for clause in clauses:
        document = book.documents[book.clauses[clause].document]
        if document.place.contains(here) and document.in_force.covers(on):
            binding.append(clause)
    return tuple(binding)


def calendar() -> WorkCalendar:
    """Return the working-day calendar with the administrators' overrides."""
    return WorkCalendar(overrides=dict(WorkdayOverride.objects.values_list("day", "is_workday")))


def on_day[M: Dated](rows: QuerySet[M, M], day: dt.date) -> QuerySet[M, M]:
    """Return those rows of a dated list that count on the day (某日有效的各行)."""
    return rows.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def standards_in_force(occupation_code: str, *, on: dt.date) -> QuerySet[OccupationalStandard]:
    """Return the standards and norms of an occupation that are in force on the day."""
    return on_day(OccupationalStandard.objects.all(), on).filter(occupation_code=occupation_code)


def standards_of(occupation_codes: Iterable[str], *, on: dt.date) -> dict[str, OccupationalStandard]:
    """Return one standard in force per occupation code; a national one before a norm."""
    rows = on_day(OccupationalStandard.objects.all(), on).filter(occupation_code__in=set(occupation_codes))
    return {row.occupation_code: row for row in rows.order_by("-kind", "valid_from")}


def is_access_type(occupation_code: str, *, on: dt.date) -> bool:
    """Tell whether the occupation belongs to an access-type qualification on the day (FS20-O1)."""
    return on_day(AccessQualification.objects.all(), on).filter(occupation_code=occupation_code).exists()


def is_on_shortage_list(occupation_code: str, *, place: str, on: dt.date) -> bool | None:
    """Tell whether the occupation is on the city's shortage list; None where no list is known."""
    places = [step.code for step in Place(place).chain]
    rows = on_day(ShortageOccupation.objects.all(), on).filter(place__in=places)
    if not rows.exists():
        return None
    return rows.filter(occupation_code=occupation_code).exists()


def all_standards() -> QuerySet[OccupationalStandard]:
    """Return every standard and norm on record (标准目录)."""
    return OccupationalStandard.objects.all()


def all_shortages() -> QuerySet[ShortageOccupation]:
    """Return every line of every city's list of scarce occupations (急需紧缺职业目录)."""
    return ShortageOccupation.objects.all()


def all_access_qualifications() -> QuerySet[AccessQualification]:
    """Return every access-type qualification on record (准入类职业资格)."""
    return AccessQualification.objects.all()


def workday_overrides() -> QuerySet[WorkdayOverride]:
    """Return every administrator's word on a day (工作日调整)."""
    return WorkdayOverride.objects.all()
