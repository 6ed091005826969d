"""Candidates by spreadsheet and by hand: preview, then the good rows when the clerk says so."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from zhiping.apps.exams.eligibility import Claim, EligibilityDesk
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
from zhiping.apps.journal.copying import copy_frame
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.actions.people import (
    RESIDENT_CARD,
    PersonDetails,
    people_on_record,
    put_on_record,
    register_people,
    same_name,
)
from zhiping.apps.registry.identity import number_index, number_indexes
from zhiping.apps.registry.models import EvaluationBody, Kinship, Person
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.storage import keep, keep_beside, read, read_beside
from zhiping.core.identifiers.masking import Audience, mask_identity_number, mask_name
from zhiping.core.policybook import Finding
from zhiping.core.policybook.verdict import with_unit
from zhiping.core.roster.candidates import candidate_columns, candidate_sheet
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.identity import identity_reader, prior_certificate_check
from zhiping.core.roster.kept import code_version, pack, unpack
from zhiping.core.roster.lists import PAPER_KINDS, CandidateLists
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.sheet import Problem, Roster, RosterRow, Sheet
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
class Kept:
    """A roster as the sheet reads it, with the index of every row's paper (missing where unreadable)."""

    roster: Roster
    indexes: pl.Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A roster with what the rules say of it (名册判定).

    `rows` has the rows that the sheet takes, one a line: `place` in the roster, `person_id` where on
    record, `index` of the paper, the columns of the claim, `summary` of the verdict, `is_good`.
    `refused` gives the reasons why rules, record or capacity refuse some of them, by place.
    """

    roster: Roster
    rows: pl.DataFrame
    refused: Mapping[int, tuple[Problem, ...]]

    @property
    def good(self) -> pl.DataFrame:
        """Return the lines of the rows that nothing speaks against."""
        return self.rows.filter("is_good")

    @property
    def bad_places(self) -> list[int]:
        """Return the places of all rows with reasons against them, the sheet's and the rules'."""
        return sorted({*self.roster.problems, *self.refused})

    def bad(self, limit: int | None = None) -> list[RosterRow]:
        """Return the bad rows with all their reasons, in the order of the file, up to a limit."""
        places = self.bad_places[:limit]
        rows = self.roster.rows_at(places)
        return [
            row.with_problems(*self.refused.get(place, ())) for place, row in zip(places, rows, strict=True)
        ]

    def without(self, refused: Mapping[int, Problem]) -> "Judged":
        """Return the same with one more reason against some of the good rows."""
        is_good = pl.col("is_good") & ~pl.col("place").is_in(list(refused))
        added = {place: (*self.refused.get(place, ()), problem) for place, problem in refused.items()}
        return replace(self, rows=self.rows.with_columns(is_good), refused={**self.refused, **added})


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
        kept = _checked(sitting, digest, lambda: content)
        keep(content)
        known = RosterImport.objects.filter(
            sitting=sitting, kind=RosterImport.Kind.CANDIDATES, sha256=digest
        ).first()
        if known is not None and known.state == RosterImport.State.APPLIED:
            return known
        judged = judge_rows(sitting, kept)
        total, bad = len(kept.roster.numbers), len(judged.bad_places)
        preview, _ = RosterImport.objects.update_or_create(
            sitting=sitting,
            kind=RosterImport.Kind.CANDIDATES,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "rows_total": total,
                "rows_good": total - bad,
                "rows_bad": bad,
                "rows_unchanged": _unchanged(sitting, judged),
                "problems": _shown_problems(judged),
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
        judged = _without_the_busy(sitting, _with_everybody_on_record(judged))
        added, changed = _enrol(sitting, judged, preview, clock)
        total, bad = len(judged.roster.numbers), len(judged.bad_places)
        preview.state, preview.applied_at = RosterImport.State.APPLIED, clock.now()
        preview.rows_good, preview.rows_bad = total - bad, bad
        preview.rows_unchanged = preview.rows_good - added - changed
        preview.problems = _shown_problems(judged)
        preview.save()
        record(
            "exams.candidates_enrolled",
            sitting,
            preview,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(_CLAUSES, place=sitting.place, on=clock.today()),
            facts={"added": added, "changed": changed, "bad": bad, "file": preview.file_name},
        )
    return preview


def _checked(sitting: Sitting, digest: str, content: Callable[[], bytes]) -> Kept:
    """Return the roster of a workbook as the sheet reads it, read from the workbook only once.

    What was read is kept sealed beside the workbook under a name made of all that decides it: the
    sitting's day and word lists, the code itself, how papers are indexed. Whatever of these changes, the
    workbook is read anew.
    """
    sheet = sheet_for(sitting)
    decisive = f"{code_version()}/{day_of(sitting)}/{_lists(sitting)}/{number_index('', '').hex()}"
    name = hashlib.sha256(decisive.encode()).hexdigest()[:16]
    packed = read_beside(digest, name)
    if packed is not None:
        roster, beside = unpack(packed, sheet)
        return Kept(roster=roster, indexes=beside["index"])
    roster = read_and_check(content(), sheet)
    papers = roster.clean["paper_kind"].replace_strict(_PAPERS, return_dtype=pl.String)
    indexes = pl.Series(
        "index", number_indexes(roster.clean["paper_number"].to_list(), papers.to_list()), dtype=pl.Binary
    )
    keep_beside(digest, name, pack(roster, beside=indexes.to_frame()))
    return Kept(roster=roster, indexes=indexes)


def returned_workbook(preview: RosterImport) -> bytes:
    """Return the bad rows of an import in the same workbook form, with the reasons beside each."""
    sitting = Sitting.objects.select_related("body", "plan", "venue").get(pk=preview.sitting_id)
    original = read(preview.sha256)
    judged = judge_rows(sitting, _checked(sitting, preview.sha256, lambda: original))
    return give_back(original, judged.bad(), judged.roster.sheet)


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


def judge_rows(sitting: Sitting, kept: Kept) -> Judged:
    """Return what the rules say of every row that the sheet takes.

    All rows are judged at once, as a table; those that something speaks against once more, one by one,
    for their sentences.
    """
    roster = kept.roster
    # 1. The rows that the sheet takes, who they are on record, what they claim.
    places = [place for place in range(len(roster.numbers)) if place not in roster.problems]
    clean, indexes = roster.clean, kept.indexes
    if roster.problems:
        clean, indexes = clean[places], indexes.gather(places)
    known = people_on_record(indexes)
    person_ids = known["person_id"]
    ids = tuple(person_ids.drop_nulls())
    desk = EligibilityDesk(sitting, ids)
    claims = _claims_of(clean, sitting, desk.generation)
    # 2. What the rules, the record and the other rows say of them.
    table = desk.judge_many(person_ids, claims)
    obstacles = _obstacles(sitting, ids)
    other_names = _other_names(clean["name"], known["name"])
    is_elsewhere = (clean["occupation"] != sitting.occupation_name) | (clean["level"] != sitting.level)
    is_suspect = table.is_refused | is_elsewhere | person_ids.is_in(list(obstacles)).fill_null(value=False)
    suspects = {*is_suspect.arg_true(), *other_names}
    # 3. Reasons, one row after the other.
    refused: dict[int, tuple[Problem, ...]] = {}
    for line in sorted(suspects):
        person_id = person_ids[line]
        eligibility = desk.judge(person_id, Claim(**claims.row(line, named=True)))
        refused[line] = (
            *_mismatches(clean["occupation"][line], clean["level"][line], sitting),
            *(_problem_of(finding) for finding in eligibility.refusals),
            *obstacles.get(person_id or 0, ()),
            *other_names.get(line, ()),
        )
    # 4. Whom the sitting has room for, in the order of the file.
    for line in _beyond_capacity(sitting, person_ids, refused):
        refused[line] = (_plain("", _TOO_MANY.format(sitting.capacity)),)
    rows = claims.with_columns(
        place=pl.Series(places, dtype=pl.Int64),
        person_id=person_ids,
        index=indexes,
        prior_issued_on=table.prior_issued_on,
        summary=table.summaries,
        is_good=~pl.int_range(pl.len()).is_in(list(refused)),
    )
    return Judged(roster=roster, rows=rows, refused={places[line]: found for line, found in refused.items()})


_TOO_MANY = "超出本场计划人数 {} 人。请调整计划人数或另排场次。"


def _beyond_capacity(sitting: Sitting, person_ids: pl.Series, refused: Mapping[int, object]) -> list[int]:
    """Return the lines of those who would come on top of the sitting's capacity."""
    here = set(
        sitting.enrolments.exclude(state=Enrolment.State.WITHDRAWN).values_list("person_id", flat=True)
    )
    room = sitting.capacity - len(here)
    if room >= len(person_ids):
        return []
    comes = [
        line for line, person_id in enumerate(person_ids) if person_id not in here and line not in refused
    ]
    return comes[max(room, 0) :]


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


def _other_names(names: pl.Series, on_record: pl.Series) -> dict[int, tuple[Problem, ...]]:
    """Return the lines whose number is on record under another name."""
    return {
        line: (_plain("name", _OTHER_NAME.format(mask_name(on_record[line]))),)
        for line in (names != on_record).fill_null(value=False).arg_true()
        if not same_name(names[line], on_record[line])
    }


_OTHER_NAME = "证件号码已登记在另一姓名（{}）下。请对照证件核对；确已改名的由主管部门更正。"


def _obstacles(sitting: Sitting, person_ids: Iterable[int]) -> dict[int, tuple[Problem, ...]]:
    """Return what keeps persons on record out of the sitting, beside the rules of eligibility."""
    ids = tuple(person_ids)
    if not ids:
        return {}
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


def _with_everybody_on_record(judged: Judged) -> Judged:
    """Return the same after putting on record who was not; `is_new` tells them from the others."""
    everybody = judged.rows.with_columns(is_new=pl.lit(value=False))
    is_fresh = everybody["is_good"] & everybody["person_id"].is_null()
    if not is_fresh.any():
        return replace(judged, rows=everybody)
    fresh = everybody.filter(is_fresh)
    people = _people_of(judged.roster.clean, fresh)
    put = fresh.select("place").hstack(put_on_record(people))
    rows = everybody.join(put, on="place", how="left", maintain_order="left", suffix="_put").with_columns(
        person_id=pl.coalesce("person_id_put", "person_id"),
        is_new=pl.coalesce("is_new_put", "is_new"),
    )
    return replace(judged, rows=rows.drop("person_id_put", "is_new_put"))


def _people_of(clean: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the persons of some lines as `put_on_record` takes them."""
    kind = pl.col("paper_kind").replace_strict(_PAPERS, return_dtype=pl.String)
    is_resident = kind == RESIDENT_CARD
    return clean[lines["place"]].select(
        index=lines["index"],
        number="paper_number",
        paper_kind=kind,
        name="name",
        sex=pl.when(is_resident)
        .then(pl.col("sex").replace_strict({"男": "M", "女": "F"}))
        .otherwise(pl.lit("")),
        born_on=pl.when(is_resident).then("born_on"),
        nation=pl.col("nation").fill_null(""),
        phone=pl.col("phone").fill_null(""),
    )


def _without_the_busy(sitting: Sitting, judged: Judged) -> Judged:
    """Return the rows after a second look at who was enrolled elsewhere in the meantime.

    The persons are locked first: of two rosters that bring the same person to two sittings at the same
    hour, the later one waits here and then finds the earlier one's enrolment. Whom this import put on
    record nobody else can see, let alone enrol.
    """
    known = judged.good.filter(~pl.col("is_new"))
    ids = known["person_id"].sort().to_list()
    if not ids:
        return judged
    list(
        Person.objects.filter(pk__in=_any_of(ids))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
    elsewhere = _enrolled_elsewhere(sitting, ids)
    if not elsewhere:
        return judged
    lines = known.select("place", "person_id").iter_rows()
    return judged.without({place: _busy(elsewhere[one]) for place, one in lines if one in elsewhere})


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


def _claims_of(clean: pl.DataFrame, sitting: Sitting, generation: str | None) -> pl.DataFrame:
    """Return what good rows claim, in the columns of a claim."""
    declared = candidate_columns(clean, word_lists=_lists(sitting))
    kinds = {kind: _kind_at(sitting.body.kind, kind) for kind in declared["candidate_kind"].unique()}
    condition = pl.col("condition")
    if generation is not None:
        has_edition = condition.str.contains("/", literal=True)
        condition = pl.when(has_edition).then(condition).otherwise(f"{generation}/" + condition)
    return declared.select(
        candidate_kind=pl.col("candidate_kind").replace_strict(kinds, return_dtype=pl.String),
        entry_condition=condition,
        born_on="born_on",
        work_months="work_months",
        prior_level=pl.col("prior_level").fill_null(""),
        prior_issued_on=pl.lit(None, dtype=pl.Date),
        education="education",
        title=pl.lit(""),
        title_issued_on=pl.lit(None, dtype=pl.Date),
    )


def _kind_at(body_kind: str, source_kind: str) -> str:
    """Return as whom somebody sits: what counts is the body, not where else the person works."""
    if body_kind == EvaluationBody.Kind.SOCIAL_BODY:
        return Enrolment.CandidateKind.PUBLIC.value
    if body_kind == EvaluationBody.Kind.SCHOOL and source_kind != Enrolment.CandidateKind.STUDENT:
        return Enrolment.CandidateKind.PUBLIC.value
    return source_kind


def _mismatches(occupation: str, level: str, sitting: Sitting) -> list[Problem]:
    found = []
    if occupation != sitting.occupation_name:
        found.append(
            _plain(
                "occupation",
                f"职业“{occupation}”与本场职业“{sitting.occupation_name}”不一致。请核对场次。",
            )
        )
    if level != sitting.level:
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


def _shown_problems(judged: Judged) -> list[dict[str, object]]:
    sheet = judged.roster.sheet
    return [
        {
            "row": row.number,
            "name": str(row.raw.get("name", "")),
            "reasons": [
                {
                    "field": sheet.header_of(problem.field),
                    "text": without_numbers(problem, sentence(problem, sheet)),
                    "clause": problem.clause or "",
                }
                for problem in row.problems
            ],
        }
        for row in judged.bad(_SHOWN_PROBLEMS)
    ]


def _unchanged(sitting: Sitting, judged: Judged) -> int:
    good = judged.good
    enrolled = dict(sitting.enrolments.values_list("person_id", "row_fingerprint"))
    if not enrolled:
        return 0
    fingerprints = judged.roster.fingerprints.gather(good["place"])
    lines = zip(good["person_id"], fingerprints, strict=True)
    return sum(enrolled.get(person_id or 0) == fingerprint for person_id, fingerprint in lines)


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


def _enrol(sitting: Sitting, judged: Judged, preview: RosterImport, clock: Clock) -> tuple[int, int]:
    """Write the good rows; return how many were added and how many changed."""
    coming = _enrolments_of(sitting, judged, preview, clock)
    here = pl.DataFrame(
        list(sitting.enrolments.values_list("person_id", "ticket", "state", "row_fingerprint")),
        schema={"person_id": pl.Int64, "ticket": pl.String, "was": pl.String, "before": pl.String},
        orient="row",
    )
    beside = coming.join(here, on="person_id", how="left", maintain_order="left")
    added = beside.filter(pl.col("ticket").is_null()).drop("was", "before")
    if added.height:
        tickets = pl.Series(_tickets(sitting, added.height), dtype=pl.String)
        copy_frame(Enrolment._meta.db_table, added.with_columns(ticket=tickets))
    is_other = (pl.col("before") != pl.col("row_fingerprint")) | (
        pl.col("was") != Enrolment.State.ENROLLED.value
    )
    changed = beside.filter(pl.col("ticket").is_not_null() & is_other).drop("was", "before")
    Enrolment.objects.bulk_create(
        (Enrolment(**row | {"verdict": json.loads(row["verdict"])}) for row in changed.iter_rows(named=True)),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["sitting", "person"],
        update_fields=[name.removesuffix("_id") for name in changed.columns if name not in _KEPT],
    )
    return added.height, changed.height


def _enrolments_of(sitting: Sitting, judged: Judged, preview: RosterImport, clock: Clock) -> pl.DataFrame:
    """Return the good rows as enrolments, in the columns of their table, but for the tickets."""
    good = judged.good
    clean = judged.roster.clean[good["place"]]

    def text(name: str) -> pl.Series:
        return clean[name].fill_null("")

    return good.select(
        "person_id",
        "candidate_kind",
        "entry_condition",
        "work_months",
        "prior_level",
        "prior_issued_on",
        "education",
        "title",
        "title_issued_on",
        sitting_id=pl.lit(sitting.pk),
        place=pl.lit(sitting.place),
        state=pl.lit(Enrolment.State.ENROLLED.value),
        prior_number=text("prior_number"),
        education_text=text("education"),
        employer_name=text("employer"),
        candidate_source=text("source"),
        exam_type=text("exam_kind").replace_strict(_EXAM_KINDS, default=""),
        recognition_kind=text("recognition_kind").replace_strict(_RECOGNITION_KINDS, default=""),
        verdict="summary",
        row_fingerprint=judged.roster.fingerprints.gather(good["place"]),
        roster_id=pl.lit(preview.pk),
        enrolled_at=pl.lit(clock.now()),
    )
