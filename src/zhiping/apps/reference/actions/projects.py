"""Ability projects and the way of their specifications into the directory, WH21-1, WH21-4."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.db.models import Q

from zhiping.apps.journal.actions import keep_rule_snapshots, record
from zhiping.apps.reference.actions.importers import name_of
from zhiping.apps.reference.errors import (
    ArgumentDayError,
    CallClosedError,
    CallDueError,
    CallNotFoundError,
    CallPlaceError,
    CallUnderWayError,
    FilingDayError,
    ProjectListingRefusedError,
    ProjectNotFoundError,
    ProjectNotListedError,
    ReasonMissingError,
    RevisedProjectError,
    SectionUnknownError,
    SpecificationIncompleteError,
    SpecificationNotEditableError,
    SpecificationNotFoundError,
    SpecificationRefusedByRulesError,
    VersionOrderError,
    WeightInvalidError,
)
from zhiping.apps.reference.models import (
    AbilityProject,
    ExpertArgument,
    ProjectVersion,
    Specification,
    SpecificationCall,
    SpecificationStep,
)
from zhiping.apps.reference.project_queries import (
    judge_listing,
    judge_specification,
    level_place,
    place_of_step,
    section_labels,
)
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import (
    EDITABLE,
    SPECIFICATION_MOVES,
    SpecificationState,
)
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import CHINA, Clock
from zhiping.kernel.moves import Move, MoveNotAllowedError, verbs_from, walk
from zhiping.kernel.place import Place

SOLICIT = "reference.solicit_specification"
REVIEW = "reference.review_specification"
_CLAUSES = ("WH21-4",)
_REVIEW_VERBS = frozenset({"pass_district", "pass_city", "return", "refuse"})
_NEGATIVE = frozenset({"return", "refuse"})
_PERCENT = Decimal(100)
_S = SpecificationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A work task with its share of the assessment."""

    task: str
    percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationDetails:
    """What a drafting unit writes: the name, the sections by their codes, the weights, two statements."""

    name: str
    unit: str
    field: str = ""
    sections: Mapping[str, str]
    weights: Sequence[Weight] = ()
    is_smallest_unit: bool | None = None
    covered_by_standard: bool | None = None
    revises_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentDetails:
    """What the experts argued, when, how many they were."""

    argued_on: dt.date
    experts: int
    expert_names: str
    opinion: str
    conclusion: str


# --- calls ---------------------------------------------------------------------------------------


def open_call(
    place: str, *, title: str, text: str, due_on: dt.date, actor: Actor, clock: Clock
) -> SpecificationCall:
    """Call for projects and their specifications by a day (发起征集).

    Authority:
        WH21-4.
    Duty:
        reference.solicit_specification, at the district.
    Refuses:
        DutyMissingError, CallPlaceError, CallDueError, ReasonMissingError.
    """
    if Place(place).level != "district":
        raise CallPlaceError(place=name_of(place, on=clock.today()))
    actor.require(SOLICIT, Place(place))
    if due_on < clock.today():
        raise CallDueError(due=due_on, today=clock.today())
    if not title.strip() or not text.strip():
        raise ReasonMissingError
    with transaction.atomic():
        call = SpecificationCall.objects.create(
            place=place,
            title=title.strip(),
            text=text.strip(),
            due_on=due_on,
            opened_at=clock.now(),
            opened_by=actor.name,
        )
        _record("call_opened", call, place=place, actor=actor, clock=clock, clauses=_CLAUSES,
                facts={"title": call.title, "due": due_on})  # fmt: skip
    return call


def close_call(call_id: int, *, note: str, actor: Actor, clock: Clock) -> SpecificationCall:
    """Close a call with its result (结束征集), once everything that came in was reported or refused.

    Authority:
        WH21-4.
    Duty:
        reference.solicit_specification, at the district.
    Refuses:
        CallNotFoundError, DutyMissingError, CallClosedError, CallUnderWayError, ReasonMissingError.
    """
    with transaction.atomic():
        call = _locked_call(call_id)
        actor.require(SOLICIT, Place(call.place))
        if call.state != SpecificationCall.State.OPEN:
            raise CallClosedError(title=call.title, due=call.due_on)
        if not note.strip():
            raise ReasonMissingError
        waiting = call.specifications.filter(state__in=(_S.DRAFTED, _S.SUBMITTED)).count()
        if waiting:
            raise CallUnderWayError(title=call.title, count=waiting)
        call.state, call.closed_at = SpecificationCall.State.CLOSED, clock.now()
        call.closing_note = note.strip()
        call.save(update_fields=["state", "closed_at", "closing_note"])
        _record("call_closed", call, place=call.place, actor=actor, clock=clock, clauses=_CLAUSES,
                facts={"title": call.title, "note": call.closing_note})  # fmt: skip
    return call


# --- drafting ------------------------------------------------------------------------------------


def draft_specification(
    call_id: int, details: SpecificationDetails, *, actor: Actor, clock: Clock
) -> Specification:
    """Take in a drafted specification under a call (登记考核规范).

    Sections may be empty while it is being written; submitting asks for them.

    Authority:
        WH21-4.
    Duty:
        reference.solicit_specification, at the district.
    Refuses:
        CallNotFoundError, DutyMissingError, SectionUnknownError, WeightInvalidError, RevisedProjectError.
        CallClosedError: the call is closed, or its day has passed.
        SpecificationIncompleteError: without a name or a drafting unit nobody knows what it is.
    """
    with transaction.atomic():
        call = _locked_call(call_id)
        actor.require(SOLICIT, Place(call.place))
        if call.state != SpecificationCall.State.OPEN or clock.today() > call.due_on:
            raise CallClosedError(title=call.title, due=call.due_on)
        fields = _fields(details, place=call.place, clock=clock)
        specification = Specification.objects.create(
            call=call, place=call.place, drafted_at=clock.now(), **fields
        )
        _step(specification, "draft", before="", actor=actor, clock=clock)
        _recorded(specification, "drafted", actor=actor, clock=clock, clauses=_CLAUSES)
    return specification


def amend_specification(
    specification_id: int, details: SpecificationDetails, *, actor: Actor, clock: Clock
) -> Specification:
    """Write on at a draft, or correct what was returned (修改考核规范).

    Duty:
        reference.solicit_specification, at the district.
    Refuses:
        SpecificationNotFoundError, DutyMissingError, SpecificationNotEditableError, and what
        `draft_specification` refuses of the details.
    """
    with transaction.atomic():
        specification = _locked(specification_id)
        actor.require(SOLICIT, Place(specification.place))
        if specification.state not in EDITABLE:
            raise SpecificationNotEditableError(
                name=specification.name, state=specification.get_state_display()
            )
        for name, value in _fields(details, place=specification.place, clock=clock).items():
            setattr(specification, name, value)
        specification.save()
        _recorded(specification, "amended", actor=actor, clock=clock)
    return specification


def submit_specification(specification_id: int, *, actor: Actor, clock: Clock) -> Specification:
    """Report a drafted specification to the district (报区市): the law is asked, and the text is kept.

    What was returned goes the whole way again.

    Authority:
        WH21-4.
    Duty:
        reference.solicit_specification, at the district.
    Refuses:
        SpecificationNotFoundError, DutyMissingError.
        SpecificationRefusedByRulesError: the drafting requirement that binds there is not met, or cannot
        be judged.
        MoveNotAllowedError: it is under way already.
    """
    with transaction.atomic():
        specification = _locked(specification_id)
        move = _walk(specification, "submit", actor)
        verdict = judge_specification(specification, on=clock.today())
        _refuse_refused(verdict, specification)
        _go(specification, "submit", move, actor=actor, clock=clock, verdict=verdict)
    return specification


# --- level by level ------------------------------------------------------------------------------


def review_specification(
    specification_id: int, verb: str, *, opinion: str, actor: Actor, clock: Clock
) -> Specification:
    """Take a step of the review (逐级审核): pass_district, pass_city, return or refuse.

    The level that has it in hand decides, with a duty held at that very level.

    Authority:
        WH21-4.
    Duty:
        As the table of moves says, at the level that has it in hand.
    Refuses:
        SpecificationNotFoundError, DutyMissingError, MoveNotAllowedError.
        ReasonMissingError: returning and refusing need a reason.
        SpecificationRefusedByRulesError: the drafting requirement is not met.
    """
    with transaction.atomic():
        specification = _locked(specification_id)
        if verb not in _REVIEW_VERBS:
            # Submitting, arguing, filing and publishing are moves of the same table with steps of their own.
            raise MoveNotAllowedError(
                state=specification.state,
                verb=verb,
                possible=verbs_from(SPECIFICATION_MOVES, specification.state),
            )
        move = _walk(specification, verb, actor)
        if verb in _NEGATIVE and not opinion.strip():
            raise ReasonMissingError
        verdict = judge_specification(specification, on=_submitted_on(specification))
        if verb not in _NEGATIVE:
            _refuse_refused(verdict, specification)
        _go(specification, verb, move, actor=actor, clock=clock, opinion=opinion, verdict=verdict)
    return specification


def argue_specification(
    specification_id: int, details: ArgumentDetails, *, actor: Actor, clock: Clock
) -> ExpertArgument:
    """Record what the province's experts argued (专家论证); their conclusion moves the specification.

    Authority:
        WH21-4.
    Duty:
        reference.argue_specification, at the province.
    Refuses:
        SpecificationNotFoundError, DutyMissingError, ArgumentDayError, ReasonMissingError.
        SpecificationIncompleteError: no expert took part.
        MoveNotAllowedError: it was not reported to the province.
    """
    conclusion = ExpertArgument.Conclusion(details.conclusion)
    verb = _VERB_OF[conclusion]
    with transaction.atomic():
        specification = _locked(specification_id)
        if specification.state != _S.CITY_PASSED:
            raise MoveNotAllowedError(
                state=specification.state,
                verb="pass_argument",
                possible=verbs_from(SPECIFICATION_MOVES, specification.state),
            )
        move = _walk(specification, verb, actor)
        if not details.opinion.strip():
            raise ReasonMissingError
        if details.experts < 1 or not details.expert_names.strip():
            raise SpecificationIncompleteError(name=specification.name, missing="论证专家")
        reported = _last_step(specification, "pass_city")
        if not reported <= details.argued_on <= clock.today():
            raise ArgumentDayError(argued=details.argued_on, reported=reported, today=clock.today())
        argument = ExpertArgument.objects.create(
            specification=specification,
            argued_on=details.argued_on,
            experts=details.experts,
            expert_names=details.expert_names.strip(),
            opinion=details.opinion.strip(),
            conclusion=conclusion,
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
        _go(specification, verb, move, actor=actor, clock=clock, opinion=argument.opinion,
            facts={"argued_on": argument.argued_on, "experts": argument.experts,
                   "conclusion": argument.get_conclusion_display()})  # fmt: skip
    return argument


def file_specification(
    specification_id: int, *, number: str, filed_on: dt.date, actor: Actor, clock: Clock
) -> Specification:
    """Record that the ministry has it on file (部备案), with number and day.

    Authority:
        WH21-4.
    Duty:
        reference.argue_specification, at the province.
    Refuses:
        SpecificationNotFoundError, DutyMissingError, FilingDayError.
        SpecificationIncompleteError: the number is missing.
        MoveNotAllowedError: the experts have not passed it.
    """
    with transaction.atomic():
        specification = _locked(specification_id)
        move = _walk(specification, "file", actor)
        if not number.strip():
            raise SpecificationIncompleteError(name=specification.name, missing="部备案编号")
        argued = _last_argument(specification).argued_on
        if not argued <= filed_on <= clock.today():
            raise FilingDayError(filed=filed_on, argued=argued, today=clock.today())
        specification.filing_number, specification.filed_on = number.strip(), filed_on
        _go(specification, "file", move, actor=actor, clock=clock,
            facts={"number": specification.filing_number, "filed_on": filed_on})  # fmt: skip
    return specification


def publish_specification(
    specification_id: int, *, valid_from: dt.date, actor: Actor, clock: Clock
) -> ProjectVersion:
    """Put a filed specification into the city's directory (纳入目录并公布): it becomes a version.

    A new name makes a project; a revision, or a specification of the same name, the next version of its
    project. The version before ends on that day.

    Authority:
        WH21-1, WH21-4.
    Duty:
        reference.review_specification, at the city.
    Refuses:
        SpecificationNotFoundError, DutyMissingError, MoveNotAllowedError.
        ProjectListingRefusedError: the law of the city does not let it in.
        VersionOrderError: the day lies before the filing or the version before.
    """
    with transaction.atomic():
        specification = _locked(specification_id)
        move = _walk(specification, "publish", actor)
        city = level_place(specification.place, "city")
        verdict = judge_listing(specification, place=city, on=clock.today())
        refused = [one for one in verdict.findings if one.outcome in {Outcome.REFUSE, Outcome.UNKNOWN}]
        if refused:
            raise ProjectListingRefusedError(
                name=specification.name, reasons="".join(one.message for one in refused)
            )
        project = _project(specification, city=city, clock=clock)
        version = _next_version(project, specification, valid_from=valid_from, clock=clock)
        if specification.field and project.field != specification.field:
            project.field = specification.field
            project.save(update_fields=["field"])
        _go(specification, "publish", move, actor=actor, clock=clock, verdict=verdict,
            facts={"project": project.name, "version": version.number, "valid_from": valid_from},
            things=(project, version))  # fmt: skip
    return version


def withdraw_project(
    project_id: int, *, ends_on: dt.date, reason: str, actor: Actor, clock: Clock
) -> ProjectVersion:
    """Take a project off the directory from a day on (退出目录); its versions stay on record.

    Authority:
        WH21-1.
    Duty:
        reference.review_specification, at the city.
    Refuses:
        ProjectNotFoundError, DutyMissingError, ReasonMissingError.
        ProjectNotListedError: it is not on the directory on that day.
    """
    with transaction.atomic():
        project = AbilityProject.objects.select_for_update().filter(pk=project_id).first()
        if project is None:
            raise ProjectNotFoundError(value=project_id)
        actor.require(REVIEW, Place(project.place))
        if not reason.strip():
            raise ReasonMissingError
        version = project.versions.filter(valid_to__isnull=True, valid_from__lt=ends_on).last()
        if version is None:
            raise ProjectNotListedError(name=project.name, on=ends_on)
        version.valid_to, version.ended_reason = ends_on, reason.strip()
        version.save(update_fields=["valid_to", "ended_reason"])
        _record("project_withdrawn", project, version, place=project.place, actor=actor, clock=clock,
                clauses=("WH21-1",),
                facts={"project": project.name, "ends_on": ends_on, "reason": reason.strip()})  # fmt: skip
    return version


# --- shared --------------------------------------------------------------------------------------

_VERB_OF = {
    ExpertArgument.Conclusion.PASSED: "pass_argument",
    ExpertArgument.Conclusion.TO_CORRECT: "return",
    ExpertArgument.Conclusion.REFUSED: "refuse",
}
_PAST = {
    "submit": "submitted",
    "pass_district": "passed_by_district",
    "pass_city": "passed_by_city",
    "return": "returned",
    "refuse": "refused",
    "pass_argument": "argued",
    "file": "filed",
    "publish": "published",
}


def _locked_call(call_id: int) -> SpecificationCall:
    call = SpecificationCall.objects.select_for_update().filter(pk=call_id).first()
    if call is None:
        raise CallNotFoundError(value=call_id)
    return call


def _locked(specification_id: int) -> Specification:
    found = Specification.objects.select_for_update().filter(pk=specification_id).first()
    if found is None:
        raise SpecificationNotFoundError(value=specification_id)
    return found


def _walk(specification: Specification, verb: str, actor: Actor) -> Move:
    """Return the move, after asking for its duty at the level that the duty belongs to."""
    place = Place(place_of_step(specification, verb))
    return walk(SPECIFICATION_MOVES, specification.state, verb, actor=actor, place=place)


def _fields(details: SpecificationDetails, *, place: str, clock: Clock) -> dict[str, object]:
    missing = [
        label
        for label, value in (("项目名称", details.name), ("编写单位", details.unit))
        if not value.strip()
    ]
    if missing:
        raise SpecificationIncompleteError(name=details.name.strip() or "规范", missing="、".join(missing))
    known = section_labels()
    for section in details.sections:
        if section not in known:
            raise SectionUnknownError(section=section)
    return {
        "name": details.name.strip(),
        "unit": details.unit.strip(),
        "field": details.field.strip(),
        "sections": {code: text.strip() for code, text in details.sections.items() if text.strip()},
        "weights": [_weight(one) for one in details.weights],
        "is_smallest_unit": details.is_smallest_unit,
        "covered_by_standard": details.covered_by_standard,
        "revises": _revised(details.revises_id, place=place, clock=clock),
    }


def _weight(one: Weight) -> dict[str, str]:
    try:
        percent = Decimal(one.percent.strip())
    except InvalidOperation:
        raise WeightInvalidError(task=one.task, percent=one.percent) from None
    if not one.task.strip() or not percent.is_finite() or not 0 < percent <= _PERCENT:
        raise WeightInvalidError(task=one.task, percent=one.percent)
    return {"task": one.task.strip(), "percent": str(percent)}


def _revised(project_id: int | None, *, place: str, clock: Clock) -> AbilityProject | None:
    if project_id is None:
        return None
    project = AbilityProject.objects.filter(pk=project_id).first()
    if project is None:
        raise ProjectNotFoundError(value=project_id)
    if project.place != level_place(place, "city"):
        raise RevisedProjectError(project=project.name, place=name_of(place, on=clock.today()))
    return project


def _refuse_refused(verdict: Verdict, specification: Specification) -> None:
    """Refuse what the law refuses; what cannot be judged is not passed in silence either."""
    reasons = [one.message for one in verdict.of(Outcome.REFUSE)]
    reasons += [f"{one.title}：尚未填写，无从判断。" for one in verdict.of(Outcome.UNKNOWN)]
    if reasons:
        raise SpecificationRefusedByRulesError(name=specification.name, reasons="".join(reasons))


def _submitted_on(specification: Specification) -> dt.date:
    return _last_step(specification, "submit")


def _last_step(specification: Specification, verb: str) -> dt.date:
    return specification.steps.filter(verb=verb).latest("pk").at.astimezone(CHINA).date()


def _last_argument(specification: Specification) -> ExpertArgument:
    return specification.arguments.latest("pk")


def _project(specification: Specification, *, city: str, clock: Clock) -> AbilityProject:
    """Return the project whose version this will be, locked."""
    if specification.revises_id is None:
        project, _ = AbilityProject.objects.get_or_create(
            place=city,
            name=specification.name,
            defaults={
                "province": level_place(city, "province"),
                "field": specification.field,
                "listed_at": clock.now(),
            },
        )
        key = project.pk
    else:
        key = specification.revises_id
    return AbilityProject.objects.select_for_update().get(pk=key)


def _next_version(
    project: AbilityProject, specification: Specification, *, valid_from: dt.date, clock: Clock
) -> ProjectVersion:
    last = project.versions.order_by("number").last()
    earliest = specification.filed_on or valid_from
    if last is not None:
        earliest = max(earliest, last.valid_to or last.valid_from + dt.timedelta(days=1))
    if valid_from < earliest:
        raise VersionOrderError(name=project.name, start=valid_from, earliest=earliest)
    project.versions.filter(Q(valid_to__isnull=True)).update(valid_to=valid_from)
    return ProjectVersion.objects.create(
        project=project,
        number=1 if last is None else last.number + 1,
        specification=specification,
        valid_from=valid_from,
        published_at=clock.now(),
    )


def _go(
    specification: Specification,
    verb: str,
    move: Move,
    *,
    actor: Actor,
    clock: Clock,
    opinion: str = "",
    verdict: Verdict | None = None,
    facts: Mapping[str, object] | None = None,
    things: tuple[AbilityProject | ProjectVersion, ...] = (),
) -> None:
    """Move on, and write down the step and the journal's entry."""
    before, specification.state = specification.state, move.to
    specification.save()
    _step(specification, verb, before=before, actor=actor, clock=clock, opinion=opinion, verdict=verdict)
    more = {"before": _S(before).label, "after": _S(move.to).label, "opinion": opinion, **(facts or {})}
    _recorded(
        specification,
        _PAST[verb],
        *things,
        actor=actor,
        clock=clock,
        clauses=move.clauses,
        facts=more,
    )


def _step(
    specification: Specification,
    verb: str,
    *,
    before: str,
    actor: Actor,
    clock: Clock,
    opinion: str = "",
    verdict: Verdict | None = None,
) -> None:
    if verdict is not None:
        keep_rule_snapshots([verdict])
    content = None
    if verb == "submit":
        content = {"name": specification.name, "unit": specification.unit,
                   "sections": specification.sections, "weights": specification.weights}  # fmt: skip
    SpecificationStep.objects.create(
        specification=specification,
        verb=verb,
        from_state=before,
        to_state=specification.state,
        at=clock.now(),
        actor_name=actor.name,
        office_id=actor.office_id,
        opinion=opinion.strip(),
        verdict=None if verdict is None else verdict.to_json(),
        content=content,
    )


def _recorded(
    specification: Specification,
    what: str,
    *things: AbilityProject | ProjectVersion,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    named = {"name": specification.name, "unit": specification.unit}
    _record(f"specification_{what}", specification, *things, place=specification.place, actor=actor,
            clock=clock, clauses=clauses, facts={**named, **(facts or {})})  # fmt: skip


def _record(
    what: str,
    *things: SpecificationCall | Specification | AbilityProject | ProjectVersion,
    place: str,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...],
    facts: Mapping[str, object],
) -> None:
    record(
        f"reference.{what}",
        *things,
        actor=actor,
        at=clock.now(),
        place=place,
        clauses=binding_clauses(clauses, place=place, on=clock.today()),
        facts=facts,
    )
