"""Lists of candidates of a cancelled item by workbook (善后名单): good rows go in, bad rows come back."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.reference.actions.aftermath import judge_again, new_candidate, open_batch
from zhiping.apps.reference.actions.duty import DUTY
from zhiping.apps.reference.aftermath_queries import AFTERMATH_CLAUSES, CHOOSING
from zhiping.apps.reference.models import AffectedBatch, AftermathCandidate, CandidateList
from zhiping.apps.reference.queries import binding_clauses
from zhiping.core.roster.aftermath import aftermath_sheet
from zhiping.core.roster.catalogues import fen_of
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.sheet import Problem, RosterRow, Sheet
from zhiping.core.roster.template import template
from zhiping.core.roster.workbook import Limits
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import Place

LIMITS = Limits(packed_bytes=5_000_000, rows=20_000)
_SHOWN_PROBLEMS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A workbook with every row judged against its batch."""

    sheet: Sheet
    new: tuple[RosterRow, ...]
    known: tuple[RosterRow, ...]
    bad: tuple[RosterRow, ...]


def candidate_template(batch: AffectedBatch) -> bytes:
    """Return the workbook to fill in for a batch (下载善后名单模板)."""
    context = [("项目", batch.case.item_name), ("批次", str(batch)), ("阶段", batch.get_stage_display())]
    return template(_sheet(batch), context=context)


def bring_candidates(
    batch_id: int, *, file_name: str, content: bytes, actor: Actor, clock: Clock
) -> CandidateList:
    """Enter the good rows of a list of candidates (导入善后名单); the bad ones come back with reasons.

    Who is on record as written stays as recorded, so the same list twice changes nothing.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        RosterFileError: the file as a whole.
        BatchNotFoundError, DutyMissingError, CaseNotOpenError.
    """
    with transaction.atomic():
        batch = open_batch(batch_id, actor)
        digest = hashlib.sha256(content).hexdigest()
        read = _read(batch, content, clock)
        people = [_candidate(row, batch, actor, clock) for row in read.new]
        AftermathCandidate.objects.bulk_create(people, batch_size=1000)
        judge_again(people, clock=clock)
        brought, _ = CandidateList.objects.update_or_create(
            batch=batch,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "content": content,
                "rows_total": len(read.new) + len(read.known) + len(read.bad),
                "rows_added": len(read.new),
                "rows_known": len(read.known),
                "rows_bad": len(read.bad),
                "problems": _shown(read.bad[:_SHOWN_PROBLEMS], read.sheet),
                "uploaded_by": actor.name,
                "uploaded_at": clock.now(),
            },
        )
        record(
            "reference.cancellation_list_brought",
            batch.case,
            batch,
            brought,
            actor=actor,
            at=clock.now(),
            place=batch.case.place,
            clauses=binding_clauses(AFTERMATH_CLAUSES, place=batch.case.place, on=clock.today()),
            facts={"batch": str(batch), "file": brought.file_name, "added": brought.rows_added,
                   "bad": brought.rows_bad},
        )  # fmt: skip
    return brought


def returned_candidates(brought: CandidateList, *, actor: Actor, clock: Clock) -> bytes:
    """Return the rows of a list that did not go in, with the reasons beside each (退回不合格行).

    Duty:
        reference.maintain, at the place.
    Refuses:
        DutyMissingError.
    """
    actor.require(DUTY, Place(brought.batch.case.place))
    content = bytes(brought.content)
    read = _read(brought.batch, content, clock)
    return give_back(content, read.bad, read.sheet, limits=LIMITS)


def _sheet(batch: AffectedBatch) -> Sheet:
    return aftermath_sheet(with_fees=batch.stage in CHOOSING)


def _read(batch: AffectedBatch, content: bytes, clock: Clock) -> _Read:
    sheet = _sheet(batch)
    roster = read_and_check(content, sheet, limits=LIMITS)
    there = {one.number: one for one in batch.candidates.all()}
    new: list[RosterRow] = []
    known: list[RosterRow] = []
    bad: list[RosterRow] = []
    for row in roster.rows:
        problems = list(_objections(row, there, batch, clock.today())) if row.is_good else []
        if problems or not row.is_good:
            bad.append(row.with_problems(*problems))
        else:
            (known if str(row.clean["number"]) in there else new).append(row)
    return _Read(sheet=sheet, new=tuple(new), known=tuple(known), bad=tuple(bad))


def _objections(
    row: RosterRow, there: Mapping[str, AftermathCandidate], batch: AffectedBatch, today: dt.date
) -> Sequence[Problem]:
    clean = row.clean
    found = []
    one = there.get(str(clean["number"]))
    if one is not None and (one.name, one.last_four) != (clean["name"], str(clean["last_four"]).upper()):
        found.append(
            Problem(
                field="number",
                code="reference.candidate_differs",
                value=str(clean["number"]),
                sentence=f"号码“{clean['number']}”在本批次已登记给另一个人。请核对号码、姓名和证件后四位。",
            )
        )
    day, first = clean.get("chosen_on"), batch.case.cancelled_on
    if isinstance(day, dt.date) and not first <= day <= today:
        found.append(
            Problem(
                field="chosen_on",
                code="reference.choice_day",
                value=day.isoformat(),
                sentence=f"意愿日期 {day} 应在公布取消日 {first} 至今天（{today}）之间。请核对。",
                clause=next(iter(AFTERMATH_CLAUSES)),
            )
        )
    return found


def _candidate(row: RosterRow, batch: AffectedBatch, actor: Actor, clock: Clock) -> AftermathCandidate:
    clean = row.clean
    one = new_candidate(
        batch,
        number=str(clean["number"]),
        name=str(clean["name"]),
        last_four=str(clean["last_four"]).upper(),
        fee_fen=fen_of(str(clean.get("fee") or "0")) or 0,
        actor=actor,
        clock=clock,
    )
    day = clean.get("chosen_on")
    if isinstance(day, dt.date):
        one.choice, one.chosen_on = AftermathCandidate.Choice(str(clean["choice"])), day
        one.chosen_recorded_by = actor.name
    is_passed = clean.get("is_passed")
    if isinstance(is_passed, bool) and batch.stage == AffectedBatch.Stage.EXAMINED:
        one.is_passed = is_passed
    return one


def _shown(rows: Sequence[RosterRow], sheet: Sheet) -> list[dict[str, object]]:
    return [
        {
            "row": row.number,
            "name": row.raw.get("number", ""),
            "reasons": [
                {
                    "field": sheet.header_of(problem.field),
                    "text": sentence(problem, sheet),
                    "clause": problem.clause or "",
                }
                for problem in row.problems
            ],
        }
        for row in rows
    ]
