"""Results: by spreadsheet, noticed, submitted, reviewed; and the archive."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count

from zhiping.apps.exams.actions.rosters import without_numbers
from zhiping.apps.exams.errors import (
    ArchiveMissingError,
    OpinionMissingError,
    ResultNoticeRunningError,
    ResultsIncompleteError,
    RosterClosedError,
    RosterNotFoundError,
)
from zhiping.apps.exams.models import ArchiveItem, Enrolment, Result, RosterImport, Sitting
from zhiping.apps.exams.plan_facts import day_of
from zhiping.apps.exams.states import SITTING_MOVES, SittingState
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses, calendar, whole_parameter
from zhiping.apps.registry.identity import open_number
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.storage import keep, read
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.results import Expected, Matches, match, results_sheet
from zhiping.core.roster.sheet import Sheet
from zhiping.core.roster.template import template
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import MoveNotAllowedError, verbs_from, walk
from zhiping.kernel.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

REVIEW_WORKDAYS = 5
"""Working days within which results are aimed to be reviewed; where a place names its own, that counts."""

ARCHIVE_KINDS = ("报名资格审核材料", "考务实施方案", "考场过程记录", "试卷与评分记录", "成绩汇总表")
"""What a sitting's manifest must list before its results are submitted (LN24-2.3c)."""

_REVIEWED = {"approve": "approved", "return": "returned"}
_SHOWN_PROBLEMS = 500
_TAKING = frozenset({SittingState.HELD, SittingState.RESULTS_IN, SittingState.RETURNED})


def result_sheet_for(sitting: Sitting) -> Sheet:
    """Return the results sheet of a sitting: the subjects it examines."""
    return results_sheet(subjects=tuple(_subjects(sitting)))


def result_template(sitting: Sitting) -> bytes:
    """Return the workbook for a sitting's results (下载成绩模板)."""
    return template(
        result_sheet_for(sitting), context=(("场次", sitting.number), ("职业", sitting.occupation_name))
    )


def preview_results(
    sitting_id: int, *, file_name: str, content: bytes, actor: Actor, clock: Clock
) -> RosterImport:
    """Read a results workbook and lay it beside the enrolments (预览成绩名册); nothing is written yet.

    The same file again, while nothing has changed since, gives the same import back.

    Refuses:
        RosterFileError: the file as a whole.
        RosterClosedError: no results are awaited.
    """
    with transaction.atomic():
        sitting = _taking(sitting_id, actor)
        matches = _match(sitting, content)
        digest = keep(content)
        _, changed = _changes(sitting, matches, clock.today())
        known = RosterImport.objects.filter(
            sitting=sitting, kind=RosterImport.Kind.RESULTS, sha256=digest, state=RosterImport.State.APPLIED
        ).first()
        # Returned results may be right as they were: the same file takes the sitting on again.
        if known is not None and not changed and sitting.state != SittingState.RETURNED:
            return known
        total = len(matches.matched) + len(matches.rejected)
        preview, _ = RosterImport.objects.update_or_create(
            sitting=sitting,
            kind=RosterImport.Kind.RESULTS,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "state": RosterImport.State.PREVIEWED,
                "rows_total": total,
                "rows_good": len(matches.matched),
                "rows_bad": len(matches.rejected),
                "rows_unchanged": len(matches.matched) - len(changed),
                "problems": _shown_problems(matches, result_sheet_for(sitting)),
                "uploaded_by": actor.name,
                "uploaded_at": clock.now(),
            },
        )
        record(
            "exams.results_previewed",
            preview,
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            facts={"file": file_name, "good": preview.rows_good, "bad": preview.rows_bad},
        )
    return preview


def apply_results(import_id: int, *, actor: Actor, clock: Clock) -> RosterImport:
    """Take over the good rows of a previewed results workbook (导入成绩), all or none.

    Applying twice changes nothing.

    Authority:
        LN24-3.7a, FS20-3.2.
    Refuses:
        RosterNotFoundError, RosterClosedError, NotYourBodyError.
    """
    with transaction.atomic():
        preview = RosterImport.objects.filter(pk=import_id, kind=RosterImport.Kind.RESULTS).first()
        if preview is None:
            raise RosterNotFoundError(value=import_id)
        sitting = _taking(preview.sitting_id, actor)
        preview.refresh_from_db()
        if preview.state == RosterImport.State.APPLIED:
            return preview
        move = walk(SITTING_MOVES, sitting.state, "take_results", actor=actor, place=Place(sitting.place))
        matches = _match(sitting, read(preview.sha256))
        changed = _write_results(sitting, matches, clock.today())
        preview.state, preview.applied_at = RosterImport.State.APPLIED, clock.now()
        preview.rows_good, preview.rows_bad = len(matches.matched), len(matches.rejected)
        preview.rows_unchanged = len(matches.matched) - changed
        preview.problems = _shown_problems(matches, result_sheet_for(sitting))
        preview.save()
        sitting.state = move.to
        sitting.results_uploaded_on = clock.today()
        sitting.save(update_fields=["state", "results_uploaded_on"])
        record(
            "exams.results_taken",
            sitting,
            preview,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(move.clauses, place=sitting.place, on=clock.today()),
            facts={"changed": changed, "bad": preview.rows_bad, "file": preview.file_name},
        )
    return preview


def returned_results(preview: RosterImport) -> bytes:
    """Return the bad rows of a results workbook with the reasons beside each."""
    sitting = Sitting.objects.get(pk=preview.sitting_id)
    original = read(preview.sha256)
    return give_back(original, _match(sitting, original).rejected, result_sheet_for(sitting))


def publish_results(sitting_id: int, *, actor: Actor, clock: Clock) -> Sitting:
    """Publish the results with masked identities (成绩公示), for the working days of the parameter.

    Authority:
        LN24-3.7a; the number of days is `exams.result_notice_workdays`.
    Refuses:
        ResultsIncompleteError: a candidate has no result in a subject.
    """
    with transaction.atomic():
        sitting = _own(sitting_id, actor)
        move = walk(SITTING_MOVES, sitting.state, "publish_results", actor=actor, place=Place(sitting.place))
        _require_complete(sitting)
        today = clock.today()
        days = whole_parameter("exams.result_notice_workdays", place=sitting.place, on=today) or 0
        last_day = calendar().add_workdays(today, days)
        sitting.state, sitting.notice_from = move.to, today
        sitting.notice_to = last_day + dt.timedelta(days=1)
        sitting.save(update_fields=["state", "notice_from", "notice_to"])
        record(
            "exams.results_published",
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(move.clauses, place=sitting.place, on=today),
            facts={"from": today, "last_day": last_day},
        )
    return sitting


def submit_results(sitting_id: int, *, actor: Actor, clock: Clock) -> Sitting:
    """Submit noticed results for review (提交考后审核).

    Authority:
        LN24-3.7a, LN24-2.3c (the archive), FS20-3.2.
    Refuses:
        ResultNoticeRunningError, ArchiveMissingError, ResultsIncompleteError.
    """
    with transaction.atomic():
        sitting = _own(sitting_id, actor)
        move = walk(SITTING_MOVES, sitting.state, "submit_results", actor=actor, place=Place(sitting.place))
        today = clock.today()
        if sitting.notice_to is None or today < sitting.notice_to:
            last_day = sitting.notice_to - dt.timedelta(days=1) if sitting.notice_to else None
            raise ResultNoticeRunningError(last_day=last_day)
        _require_complete(sitting)
        listed = set(sitting.archive.values_list("kind", flat=True))
        missing = [kind for kind in ARCHIVE_KINDS if kind not in listed]
        if missing:
            raise ArchiveMissingError(missing="、".join(missing))
        workdays = whole_parameter("exams.result_review_workdays", place=sitting.place, on=today)
        sitting.state = move.to
        sitting.review_due_on = calendar().add_workdays(today, workdays or REVIEW_WORKDAYS)
        sitting.save(update_fields=["state", "review_due_on"])
        record(
            "exams.results_submitted",
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(move.clauses, place=sitting.place, on=today),
        )
    return sitting


def review_results(sitting_id: int, verb: str, *, opinion: str, actor: Actor, clock: Clock) -> Sitting:
    """Approve or return a sitting's results (考后审核).

    Authority:
        LN24-2.3c, FS20-3.2, FS20-4.2.
    Duty:
        exams.review_results, at the sitting's place.
    Refuses:
        MoveNotAllowedError, DutyMissingError, OpinionMissingError.
    """
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update(of=("self",)).select_related("body").get(pk=sitting_id)
        if verb not in _REVIEWED:
            # The table holds the body's own moves and the issue of certificates, too.
            raise MoveNotAllowedError(
                state=sitting.state, verb=verb, possible=verbs_from(SITTING_MOVES, sitting.state)
            )
        move = walk(SITTING_MOVES, sitting.state, verb, actor=actor, place=Place(sitting.place))
        if verb == "return" and not opinion.strip():
            raise OpinionMissingError
        sitting.state, sitting.review_opinion, sitting.review_due_on = move.to, opinion, None
        sitting.save(update_fields=["state", "review_opinion", "review_due_on"])
        record(
            f"exams.results_{_REVIEWED[verb]}",
            sitting,
            sitting.body,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(move.clauses, place=sitting.place, on=clock.today()),
            facts={"opinion": opinion, "after": SittingState(move.to).label},
        )
    return sitting


def add_archive_item(
    sitting_id: int, *, kind: str, content: bytes, keep_until: dt.date, actor: Actor, clock: Clock
) -> ArchiveItem:
    """List a piece of the sitting's archive by its hash (登记档案).

    Authority:
        LN24-2.3c.
    """
    with transaction.atomic():
        sitting = _own(sitting_id, actor)
        item, _ = ArchiveItem.objects.get_or_create(
            sitting=sitting,
            kind=kind,
            sha256=keep(content),
            defaults={"keeper": actor.name, "keep_until": keep_until, "recorded_at": clock.now()},
        )
        record(
            "exams.archive_item_added",
            item,
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(("LN24-2.3c",), place=sitting.place, on=clock.today()),
            facts={"kind": kind, "sha256": item.sha256, "keep_until": keep_until},
        )
    return item


def open_result_verbs(sitting: Sitting) -> tuple[str, ...]:
    """Return what can be done with the sitting now."""
    return verbs_from(SITTING_MOVES, sitting.state)


def _own(sitting_id: int, actor: Actor) -> Sitting:
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("body").get(pk=sitting_id)
    require_own(actor, sitting.body_id)
    return sitting


def _taking(sitting_id: int, actor: Actor) -> Sitting:
    sitting = _own(sitting_id, actor)
    if sitting.state not in _TAKING:
        raise RosterClosedError(number=sitting.number, state=sitting.get_state_display())
    return sitting


def _subjects(sitting: Sitting) -> list[str]:
    return list(sitting.subjects.order_by("id").values_list("subject", flat=True))


def _match(sitting: Sitting, content: bytes) -> Matches:
    roster = read_and_check(content, result_sheet_for(sitting))
    enrolments = sitting.enrolments.filter(state=Enrolment.State.ENROLLED).select_related("person")
    expected: Sequence[Expected] = [
        Expected(
            key=str(row.pk), ticket=row.ticket, name=row.person.name, paper_number=open_number(row.person)
        )
        for row in enrolments
    ]
    return match(roster.rows, expected)


def _shown_problems(matches: Matches, sheet: Sheet) -> list[dict[str, object]]:
    return [
        {
            "row": row.number,
            "name": str(row.raw.get("name", "")),
            "reasons": [
                {
                    "field": sheet.header_of(problem.field),
                    "text": without_numbers(problem, sentence(problem, sheet)),
                    "clause": "",
                }
                for problem in row.problems
            ],
        }
        for row in matches.rejected[:_SHOWN_PROBLEMS]
    ]


def _changes(sitting: Sitting, matches: Matches, today: dt.date) -> tuple[list[Result], set[int]]:
    """Return the results that differ from those on record, and whose they are."""
    subjects = _subjects(sitting)
    before = {
        (row.enrolment_id, row.subject): (row.score, row.is_absent)
        for row in Result.objects.filter(enrolment__sitting=sitting)
    }
    rows: list[Result] = []
    changed: set[int] = set()
    for row, expected in matches.matched:
        enrolment_id = int(expected.key)
        for subject in subjects:
            absent = bool(row.clean[f"{subject}_absent"])
            score = None if absent else Decimal(str(row.clean[f"{subject}_score"]))
            if before.get((enrolment_id, subject)) == (score, absent):
                continue
            changed.add(enrolment_id)
            rows.append(
                Result(
                    enrolment_id=enrolment_id,
                    subject=subject,
                    score=score,
                    is_absent=absent,
                    recorded_on=today,
                )
            )
    return rows, changed


def _write_results(sitting: Sitting, matches: Matches, today: dt.date) -> int:
    """Write the matched rows; return how many candidates' results changed."""
    rows, changed = _changes(sitting, matches, today)
    Result.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["enrolment", "subject"],
        update_fields=["score", "is_absent", "recorded_on"],
    )
    return len(changed)


def _require_complete(sitting: Sitting) -> None:
    wanted = sitting.subjects.count()
    lacking = (
        sitting.enrolments.filter(state=Enrolment.State.ENROLLED)
        .annotate(found=Count("results"))
        .filter(found__lt=wanted)
        .select_related("person")
        .order_by("ticket")
    )
    first = lacking.first()
    if first is not None:
        raise ResultsIncompleteError(count=lacking.count(), example=f"{first.ticket} {first.person.name}")


def is_over(sitting: Sitting, today: dt.date) -> bool:
    """Tell whether the sitting's day has passed."""
    return day_of(sitting) < today
