"""Handing level-type qualifications over to industry bodies (移交), GD18-3, JL17-3a."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.authorities.models import Office
from zhiping.apps.authorities.queries import office_for
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.storage import store
from zhiping.apps.reference.actions.duty import DUTY, alone
from zhiping.apps.reference.actions.importers import name_of
from zhiping.apps.reference.catalogue_queries import all_batches, named_qualification
from zhiping.apps.reference.errors import (
    GuidingOfficeError,
    HandoverAccessTypeError,
    HandoverCancelledItemError,
    HandoverDraftExistsError,
    HandoverGiverError,
    HandoverNotEditableError,
    HandoverNotFoundError,
    HandoverNotLatestError,
    HandoverOrderError,
    HandoverPaperMissingError,
    HandoverSameBodyError,
    HandoverTypeUnknownError,
    ReasonMissingError,
)
from zhiping.apps.reference.models import Handover, HandoverPaper, Responsibility
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import HANDOVER_MOVES
from zhiping.core.catalogues.qualifications import QualificationType, Standing, plain_name
from zhiping.core.identifiers import credit_code
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

_CLAUSES = ("GD18-3", "JL17-3a")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDetails:
    """What a handover says: which qualification, from whom to whom, from which day."""

    item: str
    giver: str
    giver_code: str = ""
    receiver: str
    receiver_code: str = ""
    receiver_kind: str
    qualified_by: str
    passes_on: dt.date
    office_id: int | None = None
    note: str = ""


def draft_handover(place: str, details: HandoverDetails, *, actor: Actor, clock: Clock) -> Handover:
    """Enter a handover of a level-type qualification to a qualified industry body (登记移交).

    The qualification is written as the list of the day names it.

    Authority:
        GD18-3, JL17-3a.
    Duty:
        reference.maintain, at the place.
    Refuses:
        DutyMissingError, HandoverAccessTypeError, HandoverCancelledItemError, HandoverTypeUnknownError,
        HandoverSameBodyError, GuidingOfficeError.
        IdentifierInvalidError: a credit code is given and is none.
        ReasonMissingError: nothing says by what the receiver is qualified.
        HandoverDraftExistsError: one is under way.
    """
    actor.require(DUTY, Place(place))
    with transaction.atomic():
        fields = _fields(details, place=place, clock=clock)
        _alone(place, str(fields["item"]))
        _refuse_second_draft(place, str(fields["item"]), clock=clock)
        handover = Handover.objects.create(
            place=place, drafted_at=clock.now(), drafted_by=actor.name, **fields
        )
        _record("drafted", handover, actor=actor, clock=clock, clauses=_CLAUSES)
    return handover


def amend_handover(handover_id: int, details: HandoverDetails, *, actor: Actor, clock: Clock) -> Handover:
    """Correct a handover that is still a draft (修改移交登记).

    Duty:
        reference.maintain, at the place.
    Refuses:
        HandoverNotFoundError, DutyMissingError, HandoverNotEditableError, and what `draft_handover` refuses.
    """
    with transaction.atomic():
        handover = _locked(handover_id)
        actor.require(DUTY, Place(handover.place))
        _require_draft(handover)
        fields = _fields(details, place=handover.place, clock=clock)
        _alone(handover.place, str(fields["item"]))
        if fields["item"] != handover.item:
            _refuse_second_draft(handover.place, str(fields["item"]), clock=clock)
        for name, value in fields.items():
            setattr(handover, name, value)
        handover.save()
        _record("amended", handover, actor=actor, clock=clock)
    return handover


def add_handover_paper(
    handover_id: int, *, kind: str, name: str, content: bytes, actor: Actor, clock: Clock
) -> HandoverPaper:
    """Take in a document of a handover (上传移交材料); the same file twice changes nothing.

    Documents may follow after the responsibility has passed, not after it was taken back.

    Duty:
        reference.maintain, at the place.
    Refuses:
        HandoverNotFoundError, DutyMissingError.
        HandoverNotEditableError: it was reversed or dropped.
        DocumentRefusedError: empty, too large, or of a kind that is not kept.
    """
    with transaction.atomic():
        handover = _locked(handover_id)
        actor.require(DUTY, Place(handover.place))
        if handover.state not in {Handover.State.DRAFTED, Handover.State.HANDED_OVER}:
            raise HandoverNotEditableError(item=handover.item, state=handover.get_state_display())
        stored = store(name, content)
        paper, is_new = HandoverPaper.objects.get_or_create(
            handover=handover,
            kind=HandoverPaper.Kind(kind),
            sha256=stored.sha256,
            defaults={
                "original_name": name[-200:],
                "size": stored.size,
                "content_type": stored.content_type,
                "uploaded_by": actor.name,
                "uploaded_at": clock.now(),
            },
        )
        if is_new:
            facts = {"item": handover.item, "kind": paper.get_kind_display(), "name": name,
                     "sha256": stored.sha256}  # fmt: skip
            record(
                "reference.handover_paper_added",
                paper,
                handover,
                actor=actor,
                at=clock.now(),
                place=handover.place,
                facts=facts,
            )
    return paper


def hand_over(handover_id: int, *, actor: Actor, clock: Clock) -> Handover:
    """Let the responsibility pass on the named day (办结移交): the receiver answers from then on.

    The lists are asked anew, as of that day. The body that answered before does so up to that day; what is
    written never leaves a day to two bodies.

    Authority:
        GD18-3, JL17-3a.
    Duty:
        reference.maintain, at the place.
    Refuses:
        HandoverNotFoundError, DutyMissingError, HandoverPaperMissingError, HandoverAccessTypeError,
        HandoverCancelledItemError, HandoverTypeUnknownError, HandoverGiverError, HandoverOrderError.
        MoveNotAllowedError: it is no draft.
    """
    with transaction.atomic():
        handover = _locked(handover_id)
        move = walk(HANDOVER_MOVES, handover.state, "hand_over", actor=actor, place=Place(handover.place))
        if not handover.papers.exists():
            raise HandoverPaperMissingError(item=handover.item)
        _named(handover.item, place=handover.place, on=handover.passes_on)
        _alone(handover.place, handover.item)
        _end_of_giver(handover)
        Responsibility.objects.create(
            place=handover.place,
            item=handover.item,
            body=handover.receiver,
            credit_code=handover.receiver_code,
            kind=handover.receiver_kind,
            handover=handover,
            valid_from=handover.passes_on,
        )
        handover.state, handover.handed_over_at = move.to, clock.now()
        handover.save(update_fields=["state", "handed_over_at"])
        _record("handed_over", handover, actor=actor, clock=clock, clauses=move.clauses)
    return handover


def reverse_handover(
    handover_id: int, *, reversed_on: dt.date, reason: str, actor: Actor, clock: Clock
) -> Handover:
    """Give the responsibility back to the body that handed it over, from a day on (收回移交).

    Authority:
        GD18-3, JL17-3a.
    Duty:
        reference.maintain, at the place.
    Refuses:
        HandoverNotFoundError, DutyMissingError, ReasonMissingError.
        HandoverOrderError: the day lies before that on which it passed.
        HandoverNotLatestError: it was handed on since.
        MoveNotAllowedError: it was not handed over, or is reversed already.
    """
    with transaction.atomic():
        handover = _locked(handover_id)
        move = walk(HANDOVER_MOVES, handover.state, "reverse", actor=actor, place=Place(handover.place))
        if not reason.strip():
            raise ReasonMissingError
        _alone(handover.place, handover.item)
        current = Responsibility.objects.get(place=handover.place, item=handover.item, valid_to__isnull=True)
        if current.handover_id != handover.pk:
            raise HandoverNotLatestError(item=handover.item, responsible=current.body)
        start = current.valid_from or handover.passes_on
        if reversed_on < start:
            raise HandoverOrderError(on=reversed_on, responsible=current.body, start=start)
        current.valid_to = reversed_on
        current.save(update_fields=["valid_to"])
        before = (
            Responsibility.objects.filter(
                place=handover.place, item=handover.item, valid_to=handover.passes_on
            )
            .exclude(pk=current.pk)
            .latest("pk")
        )
        Responsibility.objects.create(
            place=handover.place,
            item=handover.item,
            body=before.body,
            credit_code=before.credit_code,
            kind=before.kind,
            handover=before.handover,
            valid_from=reversed_on,
        )
        handover.state, handover.reversed_on = move.to, reversed_on
        handover.ended_reason = reason.strip()
        handover.save(update_fields=["state", "reversed_on", "ended_reason"])
        _record("reversed", handover, actor=actor, clock=clock, clauses=move.clauses)
    return handover


def drop_handover(handover_id: int, *, reason: str, actor: Actor, clock: Clock) -> Handover:
    """Drop a draft that leads nowhere (作废登记).

    Duty:
        reference.maintain, at the place.
    Refuses:
        HandoverNotFoundError, DutyMissingError, ReasonMissingError.
        MoveNotAllowedError: it is no draft.
    """
    with transaction.atomic():
        handover = _locked(handover_id)
        move = walk(HANDOVER_MOVES, handover.state, "drop", actor=actor, place=Place(handover.place))
        if not reason.strip():
            raise ReasonMissingError
        handover.state, handover.ended_reason = move.to, reason.strip()
        handover.save(update_fields=["state", "ended_reason"])
        _record("dropped", handover, actor=actor, clock=clock)
    return handover


def _locked(handover_id: int) -> Handover:
    handover = Handover.objects.select_for_update().filter(pk=handover_id).first()
    if handover is None:
        raise HandoverNotFoundError(value=handover_id)
    return handover


def _alone(place: str, item: str) -> None:
    """Let only one move a qualification at a time: before its first handover there is no row to lock."""
    alone(f"handover.{place}.{item}")


def _require_draft(handover: Handover) -> None:
    if handover.state != Handover.State.DRAFTED:
        raise HandoverNotEditableError(item=handover.item, state=handover.get_state_display())


def _refuse_second_draft(place: str, item: str, *, clock: Clock) -> None:
    other = Handover.objects.filter(place=place, item=item, state=Handover.State.DRAFTED).first()
    if other is not None:
        raise HandoverDraftExistsError(
            place=name_of(place, on=clock.today()), item=item, receiver=other.receiver
        )


def _fields(details: HandoverDetails, *, place: str, clock: Clock) -> dict[str, object]:
    """Return the columns that the details fill, checked against lists, codes and offices."""
    giver, receiver = details.giver.strip(), details.receiver.strip()
    codes = [
        str(credit_code.parse(code)) if code.strip() else ""
        for code in (details.giver_code, details.receiver_code)
    ]
    if giver == receiver or (codes[0] and codes[0] == codes[1]):
        raise HandoverSameBodyError(body=giver)
    if not details.qualified_by.strip():
        raise ReasonMissingError
    return {
        "item": _named(details.item, place=place, on=details.passes_on),
        "giver": giver,
        "giver_code": codes[0],
        "receiver": receiver,
        "receiver_code": codes[1],
        "receiver_kind": Handover.ReceiverKind(details.receiver_kind),
        "qualified_by": details.qualified_by.strip(),
        "passes_on": details.passes_on,
        "guided_by": _guiding(details.office_id, place=place, clock=clock),
        "note": details.note.strip(),
    }


def _guiding(office_id: int | None, *, place: str, clock: Clock) -> Office | None:
    if office_id is None:
        return office_for(Place(place))
    office = Office.objects.get(pk=office_id)
    if not Place(office.place).contains(Place(place)):
        raise GuidingOfficeError(office=office.name, place=name_of(place, on=clock.today()))
    return office


def _named(item: str, *, place: str, on: dt.date) -> str:
    """Return a qualification as the list of the day names it, if it may be handed over that day."""
    found = named_qualification(item.strip(), place=place, on=on)
    ground = "、".join(binding_clauses(_CLAUSES, place=place, on=on))
    ground = f"（依据 {ground}）" if ground else ""
    if found.cancelled:
        titles = {(one.place, one.code): one.title for one in all_batches()}
        batches = "、".join(titles.get((row.place, row.batch), row.batch) for row in found.cancelled)
        raise HandoverCancelledItemError(item=found.name, on=on, batches=batches)
    answers = [one for one in (found.national, found.provincial) if one is not None]
    listed = next((one for one in answers if one.row is not None and one.standing is Standing.ON), None)
    if listed is None or listed.row is None:
        near = "、".join(row.full_name for one in answers for row in one.near[:3])
        reason = f"不在目录内，相近的有{near}" if near else "目录内没有这个名称"
        raise HandoverTypeUnknownError(
            item=found.name, on=on, reason=reason if answers else "没有已知的目录", ground=ground
        )
    if listed.row.type is QualificationType.ACCESS:
        edition = listed.edition.title if listed.edition else ""
        raise HandoverAccessTypeError(item=listed.row.full_name, edition=edition, ground=ground)
    return listed.row.full_name


def _end_of_giver(handover: Handover) -> None:
    """End the giver's responsibility on the day it passes; the first time, the giver's is written too."""
    current = Responsibility.objects.filter(
        place=handover.place, item=handover.item, valid_to__isnull=True
    ).first()
    if current is None:
        Responsibility.objects.create(
            place=handover.place,
            item=handover.item,
            body=handover.giver,
            credit_code=handover.giver_code,
            handover=handover,
            valid_to=handover.passes_on,
        )
        return
    if plain_name(current.body) != plain_name(handover.giver):
        raise HandoverGiverError(
            on=handover.passes_on, item=handover.item, responsible=current.body, giver=handover.giver
        )
    if current.valid_from is not None and handover.passes_on < current.valid_from:
        raise HandoverOrderError(on=handover.passes_on, responsible=current.body, start=current.valid_from)
    current.valid_to = handover.passes_on
    current.save(update_fields=["valid_to"])


def _record(
    what: str, handover: Handover, *, actor: Actor, clock: Clock, clauses: tuple[str, ...] = ()
) -> None:
    facts = {"item": handover.item, "giver": handover.giver, "receiver": handover.receiver,
             "passes_on": handover.passes_on, "reason": handover.ended_reason or None}  # fmt: skip
    record(
        f"reference.handover_{what}",
        handover,
        actor=actor,
        at=clock.now(),
        place=handover.place,
        clauses=binding_clauses(clauses, place=handover.place, on=clock.today()),
        facts=facts,
    )
