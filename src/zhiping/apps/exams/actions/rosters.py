"""Candidates by spreadsheet and by hand: preview, then the good rows when the clerk says so."""

import datetime as dt
import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from zhiping.apps.exams.eligibility import Claim, Eligibility, EligibilityDesk
from zhiping.apps.exams.errors import (
    CapacityExceededError,
    NotEligibleError,
    RosterClosedError,
    RosterNotFoundError,
)
from zhiping.apps.exams.models import Enrolment, RosterImport, Sitting
from zhiping.apps.exams.plan_facts import day_of
from zhiping.apps.exams.states import PlanState, SittingState
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.copying import copy_rows
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.actions.people import (
    PersonDetails,
    people_on_record,
    register_people,
    register_people_ids,
    same_name,
)
from zhiping.apps.registry.identity import number_index
from zhiping.apps.registry.models import EvaluationBody, Kinship, Person
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.storage import keep, keep_beside, read, read_beside
from zhiping.core.identifiers.masking import Audience, mask_identity_number, mask_name
from zhiping.core.policybook import Finding
from zhiping.core.policybook.verdict import with_unit
from zhiping.core.roster.candidates import CandidateFacts, candidate_facts, candidate_sheet
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.identity import identity_reader, prior_certificate_check
from zhiping.core.roster.kept import code_version, pack, unpack
from zhiping.core.roster.lists import PAPER_KINDS, CandidateLists
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.sheet import Problem, Roster, RosterRow, Sheet, Value
from zhiping.core.roster.template import template
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

_SHOWN_PROBLEMS = 500
_CLAUSES = ("LN24-2.2b", "LN24-3.7a", "FS20-T1", "FS20-T2")
_PAPERS = {code: word for word, code in reversed(list(PAPER_KINDS.items()))}
"""The sheet's code of a paper → its name as persons are on record under."""
_EXAM_KINDS = {"regular": "正考", "resit": "补考"}
_RECOGNITION_KINDS = {"first": "初次认定", "promotion": "晋级认定"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with what the rules say of it; `eligibility` is None where the sheet refused the row."""

    row: RosterRow
    person_id: int | None
    claim: Claim | None
    eligibility: Eligibility | None
    facts: CandidateFacts | None
    prior_issued_on: dt.date | None = None


def sheet_for(sitting: Sitting) -> Sheet:
    """Return the candidate sheet of a sitting: its drop-down lists offer what fits the sitting."""
    day = day_of(sitting)
    return candidate_sheet(
        read_identity=identity_reader(on=day),
        is_certificate_number=prior_certificate_check(on=day),
        word_lists=_lists(sitting),
    )


def candidate_template(sitting: Sitting) -> bytes:
    """Return the workbook to fill in for a sitting (下载报名模板)."""
    context = (
        ("评价机构", sitting.body.name),
        ("场次", sitting.number),
        ("职业（工种）", sitting.occupation_name),
        ("开考日期", day_of(sitting).isoformat()),
    )
    return template(sheet_for(sitting), context=context)


def preview_candidates(
    sitting_id: int, *, file_name: str, content: bytes, actor: Actor, clock: Clock
) -> RosterImport:
    """Read a candidate workbook and judge every row (预览考生名册); nothing is enrolled yet.

    The same file again gives the same import back.

    Authority:
        LN24-2.2b, FS20-T1, FS20-T2 and the entry conditions, per row.
    Refuses:
        RosterFileError: the file as a whole.
        RosterClosedError: the sitting takes no more candidates.
    """
    with transaction.atomic():
        sitting = _open_sitting(sitting_id, actor)
        digest = hashlib.sha256(content).hexdigest()
        roster = _checked(sitting, digest, lambda: content)
        keep(content)
        known = RosterImport.objects.filter(
            sitting=sitting, kind=RosterImport.Kind.CANDIDATES, sha256=digest
        ).first()
        if known is not None and known.state == RosterImport.State.APPLIED:
            return known
        judged = judge_rows(sitting, roster)
        bad = [one for one in judged if not one.row.is_good]
        preview, _ = RosterImport.objects.update_or_create(
            sitting=sitting,
            kind=RosterImport.Kind.CANDIDATES,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "rows_total": len(judged),
                "rows_good": len(judged) - len(bad),
                "rows_bad": len(bad),
                "rows_unchanged": _unchanged(sitting, judged),
                "problems": _shown_problems(bad, roster.sheet),
                "uploaded_by": actor.name,
                "uploaded_at": clock.now(),
            },
        )
        record(
            "exams.roster_previewed",
            preview,
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            facts={"file": file_name, "good": preview.rows_good, "bad": preview.rows_bad},
        )
    return preview


def apply_candidates(import_id: int, *, actor: Actor, clock: Clock) -> RosterImport:
    """Enrol the good rows of a previewed workbook (导入合格行), all of them or none.

    Rows are judged again, since the world may have moved since the preview. Applying twice changes
    nothing. Bad rows go back by `returned_workbook`.

    Authority:
        LN24-2.2b, LN24-3.7a, FS20-T1, FS20-T2.
    Refuses:
        RosterNotFoundError, RosterClosedError, NotYourBodyError.
    """
    with transaction.atomic():
        preview = RosterImport.objects.filter(pk=import_id, kind=RosterImport.Kind.CANDIDATES).first()
        if preview is None:
            raise RosterNotFoundError(value=import_id)
        sitting = _open_sitting(preview.sitting_id, actor)
        preview = RosterImport.objects.select_for_update().get(pk=import_id)
        if preview.state == RosterImport.State.APPLIED:
            return preview
        judged = judge_rows(sitting, _checked(sitting, preview.sha256, lambda: read(preview.sha256)))
        good = [_details(one.row) for one in judged if one.row.is_good]
        people = register_people_ids(good, on=day_of(sitting))
        judged = _without_the_busy(sitting, judged, people)
        added, changed = _enrol(sitting, [one for one in judged if one.row.is_good], people, preview, clock)
        bad = [one for one in judged if not one.row.is_good]
        preview.state, preview.applied_at = RosterImport.State.APPLIED, clock.now()
        preview.rows_good, preview.rows_bad = len(judged) - len(bad), len(bad)
        preview.rows_unchanged = preview.rows_good - added - changed
        preview.problems = _shown_problems(bad, sheet_for(sitting))
        preview.save()
        record(
            "exams.candidates_enrolled",
            sitting,
            preview,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(_CLAUSES, place=sitting.place, on=clock.today()),
            facts={"added": added, "changed": changed, "bad": len(bad), "file": preview.file_name},
        )
    return preview


def _checked(sitting: Sitting, digest: str, content: Callable[[], bytes]) -> Roster:
    """Return the roster of a workbook as the sheet reads it, read from the workbook only once.

    What was read is kept sealed beside the workbook under a name made of all that decides it: the
    sitting's day and word lists and the code itself. Whatever of these changes, the workbook is read anew.
    """
    sheet = sheet_for(sitting)
    decisive = f"{code_version()}/{day_of(sitting)}/{_lists(sitting)}"
    name = hashlib.sha256(decisive.encode()).hexdigest()[:16]
    kept = read_beside(digest, name)
    if kept is not None:
        return unpack(kept, sheet)
    roster = read_and_check(content(), sheet)
    keep_beside(digest, name, pack(roster))
    return roster


def returned_workbook(preview: RosterImport) -> bytes:
    """Return the bad rows of an import in the same workbook form, with the reasons beside each."""
    sitting = Sitting.objects.select_related("body", "plan", "venue").get(pk=preview.sitting_id)
    original = read(preview.sha256)
    judged = judge_rows(sitting, _checked(sitting, preview.sha256, lambda: original))
    return give_back(original, [one.row for one in judged], sheet_for(sitting))


def enrol_by_hand(
    sitting_id: int,
    person: PersonDetails,
    claim: Claim,
    *,
    employer_name: str = "",
    actor: Actor,
    clock: Clock,
) -> Enrolment:
    """Enrol one candidate (逐个报名), by the same rules as a workbook row.

    Refuses:
        NotEligibleError: a rule refuses; the findings are in the facts.
        CapacityExceededError, RosterClosedError.
        NameDiffersError: the identity number is on record under another name.
    """
    with transaction.atomic():
        sitting = _open_sitting(sitting_id, actor)
        people = register_people([person], on=day_of(sitting))
        known = next(iter(people.values()))
        desk = EligibilityDesk(sitting, [known.pk])
        claim = _with_born_on(claim, known)
        eligibility = desk.judge(known.pk, claim)
        reasons = [
            *(finding.message for finding in eligibility.refusals),
            *(problem.sentence for problem in _obstacles(sitting, [known.pk]).get(known.pk, ())),
        ]
        if reasons:
            raise NotEligibleError(name=known.name, reasons="；".join(reasons))
        enrolled = sitting.enrolments.exclude(person=known).exclude(state=Enrolment.State.WITHDRAWN).count()
        if enrolled >= sitting.capacity:
            raise CapacityExceededError(capacity=sitting.capacity, enrolled=enrolled, added=1)
        enrolment, _ = Enrolment.objects.update_or_create(
            sitting=sitting,
            person=known,
            defaults={
                **_claim_fields(claim, desk.prior_issue_day(known.pk, claim)),
                "place": sitting.place,
                "state": Enrolment.State.ENROLLED,
                "employer_name": employer_name,
                "verdict": eligibility.summary,
                "enrolled_at": clock.now(),
            },
            create_defaults={
                **_claim_fields(claim, desk.prior_issue_day(known.pk, claim)),
                "place": sitting.place,
                "ticket": _tickets(sitting, 1)[0],
                "employer_name": employer_name,
                "verdict": eligibility.summary,
                "enrolled_at": clock.now(),
            },
        )
        record(
            "exams.candidate_enrolled",
            enrolment,
            sitting,
            known,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(_CLAUSES, place=sitting.place, on=clock.today()),
        )
    return enrolment


def withdraw_enrolment(enrolment_id: int, *, reason: str, actor: Actor, clock: Clock) -> Enrolment:
    """Take a candidate out of a sitting (退考) before it is held; doing it twice changes nothing.

    Refuses:
        NotEligibleError: the candidate was disqualified, which stays on record.
        RosterClosedError, NotYourBodyError.
    """
    with transaction.atomic():
        enrolment = (
            Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment_id)
        )
        sitting = _open_sitting(enrolment.sitting_id, actor)
        if enrolment.state == Enrolment.State.WITHDRAWN:
            return enrolment
        if enrolment.state == Enrolment.State.DISQUALIFIED:
            raise NotEligibleError(name=enrolment.person.name, reasons=_DISQUALIFIED)
        enrolment.state = Enrolment.State.WITHDRAWN
        enrolment.save(update_fields=["state"])
        record(
            "exams.enrolment_withdrawn",
            enrolment,
            sitting,
            enrolment.person,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            facts={"reason": reason},
        )
    return enrolment


_declared = operator.itemgetter(
    "born_on",
    "sex",
    "level",
    "condition",
    "source",
    "education",
    "tenure_months",
    "works_since",
    "prior_level",
    "prior_number",
)
"""All that `candidate_facts` reads: rows that agree in it share their facts."""


def judge_rows(sitting: Sitting, roster: Roster) -> list[Judged]:
    """Return every row with what the sheet and the rules say of it, in the order of the file."""
    good = roster.good
    known, other_names = _known_people(good)
    desk = EligibilityDesk(sitting, [person_id for person_id in known.values() if person_id is not None])
    obstacles = _obstacles(sitting, [person_id for person_id in known.values() if person_id is not None])
    here = set(
        sitting.enrolments.exclude(state=Enrolment.State.WITHDRAWN).values_list("person_id", flat=True)
    )
    room = sitting.capacity - len(here)
    lists = _lists(sitting)
    claims: dict[tuple[Value, ...], tuple[CandidateFacts, Claim]] = {}
    judged: list[Judged] = []
    for row in roster.rows:
        if not row.is_good:
            judged.append(Judged(row=row, person_id=None, claim=None, eligibility=None, facts=None))
            continue
        person_id = known[row.number]
        declared = _declared(row.clean)
        if declared not in claims:
            facts = candidate_facts(row.clean, word_lists=lists)
            claims[declared] = (facts, _claim_of(facts, sitting.body.kind, desk.generation))
        facts, claim = claims[declared]
        eligibility = desk.judge(person_id, claim)
        problems = [
            *_mismatches(row, facts, sitting),
            *(_problem_of(finding) for finding in eligibility.refusals),
            *obstacles.get(person_id or 0, ()),
            *other_names.get(row.number, ()),
        ]
        if not problems and person_id not in here:
            room -= 1
            if room < 0:
                problems.append(
                    _plain("", f"超出本场计划人数 {sitting.capacity} 人。请调整计划人数或另排场次。")
                )
        judged.append(
            Judged(
                row=row.with_problems(*problems) if problems else row,
                person_id=person_id,
                claim=claim,
                eligibility=eligibility,
                facts=facts,
                prior_issued_on=desk.prior_issue_day(person_id, claim),
            )
        )
    return judged


def _open_sitting(sitting_id: int, actor: Actor) -> Sitting:
    sitting = (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("plan", "body", "venue")
        .get(pk=sitting_id)
    )
    require_own(actor, sitting.body_id)
    if sitting.state != SittingState.PLANNED or sitting.plan.state != PlanState.ACCEPTED:
        state = (
            sitting.plan.get_state_display()
            if sitting.state == SittingState.PLANNED
            else sitting.get_state_display()
        )
        raise RosterClosedError(number=sitting.number, state=state)
    return sitting


def _lists(sitting: Sitting) -> CandidateLists:
    return CandidateLists(occupations=(sitting.occupation_name,), levels=(sitting.level,))


def _known_people(
    rows: Sequence[RosterRow],
) -> tuple[dict[int, int | None], dict[int, tuple[Problem, ...]]]:
    """Return who is on record, by row, and the rows whose number is on record under another name."""
    indexes = {
        row.number: number_index(str(row.clean["paper_number"]), _PAPERS[str(row.clean["paper_kind"])])
        for row in rows
    }
    by_index = people_on_record(indexes.values())
    known: dict[int, int | None] = {}
    other_names: dict[int, tuple[Problem, ...]] = {}
    for row in rows:
        person_id, name = by_index.get(indexes[row.number], (None, ""))
        known[row.number] = person_id
        if person_id is not None and not same_name(str(row.clean["name"]), name):
            other_names[row.number] = (_plain("name", _OTHER_NAME.format(mask_name(name))),)
    return known, other_names


_OTHER_NAME = "证件号码已登记在另一姓名（{}）下。请对照证件核对；确已改名的由主管部门更正。"


def _obstacles(sitting: Sitting, person_ids: Iterable[int]) -> dict[int, tuple[Problem, ...]]:
    """Return what keeps persons on record out of the sitting, beside the rules of eligibility."""
    ids = tuple(person_ids)
    elsewhere = _enrolled_elsewhere(sitting, ids)
    tied = _tied_to_assessors(sitting)
    disqualified = set(
        sitting.enrolments.filter(state=Enrolment.State.DISQUALIFIED).values_list("person_id", flat=True)
    )
    found: dict[int, tuple[Problem, ...]] = {}
    for person_id in {*elsewhere, *tied, *disqualified}:
        problems = []
        if person_id in elsewhere:
            problems.append(_busy(elsewhere[person_id]))
        if person_id in tied:
            problems.append(_plain("name", "该考生与本场考评员有申报的亲属或师生关系。请更换考评员或场次。"))
        if person_id in disqualified:
            problems.append(_plain("name", _DISQUALIFIED))
        found[person_id] = tuple(problems)
    return found


_DISQUALIFIED = "该考生已被取消本场资格，不能再次报名或退考。"


def _busy(number: str) -> Problem:
    return _plain("paper_number", f"该考生同一时段已报名场次 {number}。请核对后只保留一处。")


def _without_the_busy(
    sitting: Sitting, judged: Sequence[Judged], people: Mapping[tuple[str, str], int]
) -> list[Judged]:
    """Return the rows after a second look at who was enrolled elsewhere in the meantime.

    The persons are locked first: of two rosters that bring the same person to two sittings at the same
    hour, the later one waits here and then finds the earlier one's enrolment.
    """
    ids = sorted(people.values())
    list(
        Person.objects.filter(pk__in=_any_of(ids))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
    elsewhere = _enrolled_elsewhere(sitting, ids)
    if not elsewhere:
        return list(judged)
    return [
        replace(one, row=one.row.with_problems(_busy(elsewhere[person_id])))
        if one.row.is_good and (person_id := people[_paper(one.row)]) in elsewhere
        else one
        for one in judged
    ]


def _any_of(ids: Iterable[int]) -> RawSQL:
    """Return thousands of keys as one parameter instead of thousands."""
    return RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))


def _enrolled_elsewhere(sitting: Sitting, person_ids: Iterable[int]) -> dict[int, str]:
    rows = Enrolment.objects.filter(
        person_id__in=_any_of(person_ids),
        state=Enrolment.State.ENROLLED,
        sitting__starts_at__lt=sitting.ends_at,
        sitting__ends_at__gt=sitting.starts_at,
    ).exclude(Q(sitting=sitting) | Q(sitting__state=SittingState.CANCELLED))
    return dict(rows.values_list("person_id", "sitting__number"))


def _tied_to_assessors(sitting: Sitting) -> set[int]:
    assessors = sitting.assignments.filter(role="assessor", is_cancelled=False).values("person_id")
    return set(Kinship.objects.filter(assessor__person_id__in=assessors).values_list("person_id", flat=True))


def _claim_of(facts: CandidateFacts, body_kind: str, generation: str | None) -> Claim:
    stem = "" if "/" in facts.condition or generation is None else f"{generation}/"
    return Claim(
        candidate_kind=_kind_at(body_kind, facts.candidate_kind),
        entry_condition=f"{stem}{facts.condition}",
        born_on=facts.born_on,
        work_months=facts.work_months,
        prior_level=facts.prior_level or "",
        education=facts.education,
    )


def _kind_at(body_kind: str, source_kind: str) -> str:
    """Return as whom somebody sits: what counts is the body, not where else the person works."""
    if body_kind == EvaluationBody.Kind.SOCIAL_BODY:
        return Enrolment.CandidateKind.PUBLIC
    if body_kind == EvaluationBody.Kind.SCHOOL and source_kind != Enrolment.CandidateKind.STUDENT:
        return Enrolment.CandidateKind.PUBLIC
    return source_kind


def _mismatches(row: RosterRow, facts: CandidateFacts, sitting: Sitting) -> list[Problem]:
    found = []
    if str(row.clean["occupation"]) != sitting.occupation_name:
        found.append(
            _plain(
                "occupation",
                f"职业“{row.clean['occupation']}”与本场职业“{sitting.occupation_name}”不一致。请核对场次。",
            )
        )
    if facts.level != sitting.level:
        found.append(_plain("level", f"认定等级与本场等级（{sitting.level} 级）不一致。请核对场次。"))
    return found


def _problem_of(finding: Finding) -> Problem:
    clauses = _cited(finding)
    return Problem(
        field="condition",
        code=f"rule.{finding.rule}",
        clause=clauses,
        sentence=f"{finding.message}{_shortfall(finding)}（依据 {clauses}）",
    )


def _cited(finding: Finding) -> str:
    """Return the clause that decided; a rule over a table of conditions cites every row of it."""
    decisive = finding.decisive
    if decisive is not None and decisive.test.clause:
        return decisive.test.clause
    return "、".join(citation.clause for citation in finding.citations)


def _shortfall(finding: Finding) -> str:
    """Say what was observed and required where the rule's own sentence cannot name it (entry conditions)."""
    decisive = finding.decisive
    if decisive is None or not decisive.test.clause or decisive.required is None:
        return ""
    unit, label = decisive.test.unit, decisive.test.label
    return f"{label}：{with_unit(decisive.observed, unit)}，要求 {with_unit(decisive.required, unit)}。"


def _plain(field: str, text: str) -> Problem:
    return Problem(field=field, code="exams.row_refused", sentence=text)


_NUMBERS = frozenset({"paper_number", "phone", "prior_number"})


def without_numbers(problem: Problem, text: str) -> str:
    """Return a reason as it may be kept in the database: numbers that tell who somebody is are masked.

    The workbook that goes back to the body carries them in full, as it came.
    """
    if problem.field not in _NUMBERS or not problem.value:
        return text
    return text.replace(problem.value, mask_identity_number(problem.value, Audience.OPERATOR))


def _shown_problems(bad: Sequence[Judged], sheet: Sheet) -> list[dict[str, object]]:
    return [
        {
            "row": one.row.number,
            "name": str(one.row.raw.get("name", "")),
            "reasons": [
                {
                    "field": sheet.header_of(problem.field),
                    "text": without_numbers(problem, sentence(problem, sheet)),
                    "clause": problem.clause or "",
                }
                for problem in one.row.problems
            ],
        }
        for one in bad[:_SHOWN_PROBLEMS]
    ]


def _unchanged(sitting: Sitting, judged: Sequence[Judged]) -> int:
    fingerprints = dict(sitting.enrolments.values_list("person_id", "row_fingerprint"))
    return sum(
        1 for one in judged if one.row.is_good and fingerprints.get(one.person_id or 0) == one.row.fingerprint
    )


def _with_born_on(claim: Claim, person: Person) -> Claim:
    return replace(claim, born_on=claim.born_on or person.born_on)


def _claim_fields(claim: Claim, prior_issued_on: object) -> dict[str, object]:
    return {
        "candidate_kind": claim.candidate_kind,
        "entry_condition": claim.entry_condition,
        "work_months": claim.work_months,
        "prior_level": claim.prior_level,
        "prior_issued_on": prior_issued_on,
        "education": claim.education,
        "title": claim.title,
        "title_issued_on": claim.title_issued_on,
    }


def _tickets(sitting: Sitting, count: int) -> list[str]:
    """Return the next ticket numbers of a sitting, whose row the caller has locked."""
    stem = f"{day_of(sitting):%y}{sitting.place[:4]}{sitting.pk:07d}"
    last = sitting.enrolments.order_by("-ticket").values_list("ticket", flat=True).first()
    start = int(last[-5:]) if last else 0
    return [f"{stem}{start + step:05d}" for step in range(1, count + 1)]


_KEPT = frozenset({"sitting_id", "person_id", "ticket"})
"""What a changed row never changes."""
_COPIED = (
    "sitting_id",
    "person_id",
    "place",
    "ticket",
    "state",
    "candidate_kind",
    "entry_condition",
    "work_months",
    "prior_level",
    "prior_number",
    "prior_issued_on",
    "education",
    "education_text",
    "title",
    "title_issued_on",
    "employer_name",
    "candidate_source",
    "exam_type",
    "recognition_kind",
    "verdict",
    "row_fingerprint",
    "roster_id",
    "enrolled_at",
)


def _enrol(
    sitting: Sitting,
    good: Sequence[Judged],
    people: Mapping[tuple[str, str], int],
    preview: RosterImport,
    clock: Clock,
) -> tuple[int, int]:
    """Write the good rows; return how many were added and how many changed."""
    here = {row.person_id: row for row in sitting.enrolments.all()}
    added, changed = [], []
    for one in good:
        person_id = people[_paper(one.row)]
        enrolment = here.get(person_id)
        if enrolment is None:
            added.append((person_id, one))
        elif enrolment.row_fingerprint != one.row.fingerprint or enrolment.state != Enrolment.State.ENROLLED:
            changed.append((enrolment, one))
    tickets = _tickets(sitting, len(added))
    rows = (
        _copied_row(sitting, person, ticket, one, preview, clock)
        for (person, one), ticket in zip(added, tickets, strict=True)
    )
    copy_rows(Enrolment, _COPIED, rows)
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                **dict(
                    zip(
                        _COPIED,
                        _copied_row(
                            sitting, enrolment.person_id, enrolment.ticket, one, preview, clock, raw=True
                        ),
                        strict=True,
                    )
                )
            )
            for enrolment, one in changed
        ),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["sitting", "person"],
        update_fields=[name.removesuffix("_id") for name in _COPIED if name not in _KEPT],
    )
    return len(added), len(changed)


def _copied_row(
    sitting: Sitting,
    person_id: int,
    ticket: str,
    one: Judged,
    preview: RosterImport,
    clock: Clock,
    *,
    raw: bool = False,
) -> tuple[object, ...]:
    claim, eligibility = one.claim, one.eligibility
    if claim is None or eligibility is None:
        message = "only judged rows are enrolled"
        raise AssertionError(message)
    clean = one.row.clean
    summary = eligibility.summary
    return (
        sitting.pk,
        person_id,
        sitting.place,
        ticket,
        Enrolment.State.ENROLLED.value,
        str(claim.candidate_kind),
        claim.entry_condition,
        claim.work_months,
        claim.prior_level,
        str(clean["prior_number"] or ""),
        one.prior_issued_on,
        claim.education,
        str(clean["education"] or ""),
        claim.title,
        claim.title_issued_on,
        str(clean["employer"] or ""),
        str(clean["source"] or ""),
        _EXAM_KINDS.get(str(clean["exam_kind"]), ""),
        _RECOGNITION_KINDS.get(str(clean["recognition_kind"]), ""),
        summary if raw else eligibility.summary_text,
        one.row.fingerprint,
        preview.pk,
        clock.now(),
    )


def _paper(row: RosterRow) -> tuple[str, str]:
    """Return the key under which `register_people` gives the row's person."""
    return _PAPERS[str(row.clean["paper_kind"])], str(row.clean["paper_number"])


def _details(row: RosterRow) -> PersonDetails:
    clean = row.clean
    return PersonDetails(
        name=str(clean["name"]),
        number=str(clean["paper_number"]),
        paper_kind=_PAPERS[str(clean["paper_kind"])],
        phone=str(clean["phone"] or ""),
        nation=str(clean["nation"] or ""),
    )
