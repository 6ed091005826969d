"""Keeping the working-day calendar (工作日调整)."""

import datetime as dt

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.reference.actions.duty import place_of
from zhiping.apps.reference.errors import NoteMissingError, OverrideMissingError, YearPublishedError
from zhiping.apps.reference.models import WorkdayOverride
from zhiping.apps.reference.queries import calendar
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

_SATURDAY = 5


def set_workday(day: dt.date, *, is_workday: bool, note: str, actor: Actor, clock: Clock) -> WorkdayOverride:
    """Say of one day whether it is worked (调整工作日); it goes before the published calendar.

    The calendar counts for every place, so the duty at any place suffices.

    Duty:
        reference.maintain.
    Refuses:
        DutyMissingError, NoteMissingError.
    """
    place = place_of(actor)
    if not note.strip():
        raise NoteMissingError
    with transaction.atomic():
        before = WorkdayOverride.objects.filter(day=day).first()
        override, _ = WorkdayOverride.objects.update_or_create(
            day=day, defaults={"is_workday": is_workday, "note": note.strip()}
        )
        record(
            "reference.workday_set",
            override,
            actor=actor,
            at=clock.now(),
            place=place,
            facts={
                "day": day,
                "before": None if before is None else _word(is_workday=before.is_workday),
                "after": _word(is_workday=is_workday),
                "note": note.strip(),
            },
        )
    return override


def withdraw_workday(override_id: int, *, actor: Actor, clock: Clock) -> dt.date:
    """Take an override back (撤销工作日调整): the published calendar counts again.

    Duty:
        reference.maintain.
    Refuses:
        DutyMissingError, OverrideMissingError.
    """
    place = place_of(actor)
    with transaction.atomic():
        override = WorkdayOverride.objects.select_for_update().filter(pk=override_id).first()
        if override is None:
            raise OverrideMissingError(day="该日")
        record(
            "reference.workday_withdrawn",
            override,
            actor=actor,
            at=clock.now(),
            place=place,
            facts={
                "day": override.day,
                "before": _word(is_workday=override.is_workday),
                "note": override.note,
            },
        )
        override.delete()
    return override.day


def set_provisional_year(year: int, *, note: str, actor: Actor, clock: Clock) -> int:
    """Enter a year whose holiday notice has not appeared: Monday to Friday worked (按周末预置全年).

    Days entered before stay as they are. Deadlines that reach into the year can be computed from then
    on; the note says that they are provisional. Returns how many days were entered.

    Duty:
        reference.maintain.
    Refuses:
        DutyMissingError, NoteMissingError, YearPublishedError.
    """
    place = place_of(actor)
    if not note.strip():
        raise NoteMissingError
    first, last = calendar().published_years
    if first <= year <= last:
        raise YearPublishedError(year=year)
    start, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    with transaction.atomic():
        entered = set(
            WorkdayOverride.objects.filter(day__gte=start, day__lt=end).values_list("day", flat=True)
        )
        days = (start + dt.timedelta(days=offset) for offset in range((end - start).days))
        fresh = [
            WorkdayOverride(day=day, is_workday=day.weekday() < _SATURDAY, note=note.strip())
            for day in days
            if day not in entered
        ]
        WorkdayOverride.objects.bulk_create(fresh)
        record(
            "reference.year_preset",
            actor=actor,
            at=clock.now(),
            place=place,
            facts={"year": year, "days": len(fresh), "note": note.strip()},
        )
    return len(fresh)


def _word(*, is_workday: bool) -> str:
    return "工作日" if is_workday else "休息日"
