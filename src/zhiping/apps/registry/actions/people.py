"""Persons, staff, assessors, declared ties."""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg
from django.db import connection, transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.registry.errors import AlreadyOnRecordError, IdentityNumberRefusedError, NameDiffersError
from zhiping.apps.registry.identity import number_index, seal_number, seal_phone
from zhiping.apps.registry.models import (
    Assessor,
    AssessorOccupation,
    EvaluationBody,
    Kinship,
    Person,
    StaffMember,
)
from zhiping.apps.registry.ownership import require_own
from zhiping.core.identifiers import identity_number as identity_numbers
from zhiping.core.identifiers.masking import mask_name
from zhiping.core.identifiers.normal_text import normalise_code, normalise_text
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

RESIDENT_CARD = "居民身份证"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """A person as an identity paper tells."""

    name: str
    number: str
    paper_kind: str = RESIDENT_CARD
    phone: str = ""
    nation: str = ""


def register_person(details: PersonDetails, *, on: dt.date) -> Person:
    """Return the person of an identity paper, on record already or put there now (登记人员).

    Part of the action that needs the person, which journals it.

    Refuses:
        IdentityNumberRefusedError: a resident's number that cannot be right.
        NameDiffersError: the number is on record under another name.
    """
    number = normalise_code(details.number)
    sex, born_on = "", None
    if details.paper_kind == RESIDENT_CARD:
        problems = identity_numbers.problems(number, on=on)
        if problems:
            raise IdentityNumberRefusedError(value=details.number, reason=problems[0].code)
        identity = identity_numbers.parse(number, on=on)
        number, born_on = str(identity), identity.born
        sex = "M" if identity.gender is identity_numbers.Gender.MALE else "F"
    known = Person.objects.filter(
        number_index=number_index(number, details.paper_kind), paper_kind=details.paper_kind
    ).first()
    if known is not None:
        _require_name(details, known.name)
        return known
    sealed, index = seal_number(number, details.paper_kind)
    person, is_new = Person.objects.get_or_create(
        number_index=index,
        paper_kind=details.paper_kind,
        defaults={
            "name": normalise_text(details.name),
            "number_cipher": sealed,
            "sex": sex,
            "born_on": born_on,
            "nation": details.nation,
            "phone_cipher": seal_phone(details.phone, index),
        },
    )
    if not is_new:  # somebody else put the same number on record a moment ago
        _require_name(details, person.name)
    return person


_NOT_COMPARED = {ord(sign): None for sign in "·•・‧∙⋅"}


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings write one name: widths, blanks and the middle dot do not count.

    >>> same_name("阿依·古丽", "阿依 古丽"), same_name("张三", "张山")
    (True, False)
    """
    return one == other or _compared(one) == _compared(other)


def _compared(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).translate(_NOT_COMPARED).split())


def _require_name(details: PersonDetails, on_record: str) -> None:
    if not same_name(details.name, on_record):
        raise NameDiffersError(name=details.name, on_record=mask_name(on_record))


def add_staff_member(
    body_id: int,
    details: PersonDetails,
    *,
    role: str,
    is_full_time: bool,
    valid_from: dt.date,
    actor: Actor,
    clock: Clock,
) -> StaffMember:
    """Put somebody on the staff of a body's evaluation unit (登记专职人员).

    Authority:
        FS20-E5, FS20-S3.
    Refuses:
        AlreadyOnRecordError: the person holds that post already.
        NameDiffersError: the number is on record under another name.
    """
    require_own(actor, body_id)
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        person = register_person(details, on=clock.today())
        if StaffMember.objects.filter(body=body, person=person, role=role, valid_to__isnull=True).exists():
            raise AlreadyOnRecordError(value=person.name)
        member = StaffMember.objects.create(
            body=body, person=person, role=role, is_full_time=is_full_time, valid_from=valid_from
        )
        record(
            "registry.staff_member_added",
            member,
            body,
            person,
            actor=actor,
            at=clock.now(),
            place=body.place,
            facts={"name": person.name, "role": member.get_role_display()},
        )
    return member


def end_staff_member(member_id: int, *, actor: Actor, clock: Clock) -> StaffMember:
    """End somebody's post today (人员离岗)."""
    with transaction.atomic():
        member = StaffMember.objects.select_for_update().select_related("body", "person").get(pk=member_id)
        require_own(actor, member.body_id)
        member.valid_to = max(clock.today(), member.valid_from + dt.timedelta(days=1))
        member.save(update_fields=["valid_to"])
        record(
            "registry.staff_member_ended",
            member,
            member.body,
            member.person,
            actor=actor,
            at=clock.now(),
            place=member.body.place,
            facts={"name": member.person.name},
        )
    return member


def add_assessor(
    body_id: int,
    details: PersonDetails,
    *,
    grade: str,
    certificate_number: str,
    occupation_codes: tuple[str, ...],
    valid_from: dt.date,
    valid_to: dt.date | None,
    actor: Actor,
    clock: Clock,
) -> Assessor:
    """Register an assessor of a body (登记考评员) with the occupations that may be examined.

    Authority:
        FS20-E6, LN24-2.3c.
    Refuses:
        AlreadyOnRecordError: that assessor's certificate is on record.
        NameDiffersError: the number is on record under another name.
    """
    require_own(actor, body_id)
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        if Assessor.objects.filter(body=body, certificate_number=certificate_number).exists():
            raise AlreadyOnRecordError(value=certificate_number)
        person = register_person(details, on=clock.today())
        assessor = Assessor.objects.create(
            body=body,
            person=person,
            grade=grade,
            certificate_number=certificate_number,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        AssessorOccupation.objects.bulk_create(
            AssessorOccupation(assessor=assessor, occupation_code=code)
            for code in dict.fromkeys(occupation_codes)
        )
        record(
            "registry.assessor_added",
            assessor,
            body,
            person,
            actor=actor,
            at=clock.now(),
            place=body.place,
            facts={
                "name": person.name,
                "grade": assessor.get_grade_display(),
                "occupations": occupation_codes,
            },
        )
    return assessor


def end_assessor(assessor_id: int, *, actor: Actor, clock: Clock) -> Assessor:
    """End an assessor's standing today (考评员退出)."""
    with transaction.atomic():
        assessor = Assessor.objects.select_for_update().select_related("body", "person").get(pk=assessor_id)
        require_own(actor, assessor.body_id)
        assessor.valid_to = max(clock.today(), assessor.valid_from + dt.timedelta(days=1))
        assessor.save(update_fields=["valid_to"])
        record(
            "registry.assessor_ended",
            assessor,
            assessor.body,
            assessor.person,
            actor=actor,
            at=clock.now(),
            place=assessor.body.place,
            facts={"name": assessor.person.name},
        )
    return assessor


def declare_tie(assessor_id: int, other: PersonDetails, *, tie: str, actor: Actor, clock: Clock) -> Kinship:
    """Declare that an assessor must not examine somebody (申报回避): a relative or a trainee.

    Refuses:
        NotYourBodyError: the assessor is another body's.
        AlreadyOnRecordError: the tie is declared.
        IdentityNumberRefusedError: a number that cannot be right.
        NameDiffersError: the number is on record under another name.
    """
    with transaction.atomic():
        assessor = Assessor.objects.select_for_update().select_related("body").get(pk=assessor_id)
        require_own(actor, assessor.body_id)
        person = register_person(other, on=clock.today())
        kinship, is_new = Kinship.objects.get_or_create(
            assessor=assessor, person=person, tie=tie, defaults={"declared_at": clock.now()}
        )
        if not is_new:
            raise AlreadyOnRecordError(value=person.name)
        record(
            "registry.tie_declared",
            kinship,
            assessor,
            person,
            actor=actor,
            at=clock.now(),
            place=assessor.body.place,
            facts={"tie": kinship.get_tie_display()},
        )
    return kinship


def register_people(people: Sequence[PersonDetails], *, on: dt.date) -> dict[tuple[str, str], Person]:
    """Return the persons of many papers, by (paper kind, number), putting the new ones on record.

    For rosters whose identity numbers the sheet has checked. Two rosters that bring the same new
    person at once agree on one row.

    Refuses:
        NameDiffersError: a number is on record under another name.
    """
    for details in people:
        if details.paper_kind == RESIDENT_CARD:
            identity_numbers.parse(details.number, on=on)
    ids = register_people_ids(people, on=on)
    found = Person.objects.in_bulk(ids.values())
    return {key: found[person_id] for key, person_id in ids.items()}


def register_people_ids(people: Sequence[PersonDetails], *, on: dt.date) -> dict[tuple[str, str], int]:
    """Return the keys of the persons of many papers, as `register_people` does; for thousands of them."""
    wanted = {(details.paper_kind, normalise_code(details.number)): details for details in people}
    indexes = {number_index(number, kind): (kind, number) for kind, number in wanted}
    known = people_on_record(indexes)
    # In one order for everybody: two rosters with the same new people wait for each other, never deadlock.
    fresh = [
        _columns_of(wanted[key], key, index, on=on)
        for index, key in sorted(indexes.items())
        if index not in known
    ]
    if fresh:
        # thousands of values go to the server as they are, not written into the statement
        with psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(_PUT_ON_RECORD, [list(column) for column in zip(*fresh, strict=True)])
            known |= _by_index(cursor.fetchall())
        if len(known) < len(indexes):  # another roster put some of them on record at the same time
            known |= people_on_record(index for index in indexes if index not in known)
    for index, key in indexes.items():
        _require_name(wanted[key], known[index][1])
    return {key: known[index][0] for index, key in indexes.items()}


_PUT_ON_RECORD = """
INSERT INTO registry_person
  (key, name, paper_kind, number_cipher, number_index, sex, born_on, nation, phone_cipher)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %b::bytea[], %b::bytea[], %s::text[], %s::date[],
                     %s::text[], %b::bytea[])
ON CONFLICT (number_index, paper_kind) DO NOTHING
RETURNING number_index, id, name
"""
_ON_RECORD = "SELECT number_index, id, name FROM registry_person WHERE number_index = ANY(%b::bytea[])"


def _columns_of(
    details: PersonDetails, key: tuple[str, str], index: bytes, *, on: dt.date
) -> tuple[object, ...]:
    kind, number = key
    sex, born_on = "", None
    if kind == RESIDENT_CARD:
        is_full = len(number) == identity_numbers.LENGTH
        # the sheet has checked the number: what it says is only read off
        identity = (
            identity_numbers.IdentityNumber(text=number) if is_full else identity_numbers.parse(number, on=on)
        )
        sex, born_on = "M" if identity.gender is identity_numbers.Gender.MALE else "F", identity.born
    return (
        uuid.uuid4(),
        normalise_text(details.name),
        kind,
        seal_number(number, kind)[0],
        index,
        sex,
        born_on,
        details.nation,
        seal_phone(details.phone, index),
    )


def people_on_record(indexes: Iterable[bytes]) -> dict[bytes, tuple[int, str]]:
    """Return the keys and names of the persons on record, by the index of their paper."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_ON_RECORD, [list(indexes)])
        return _by_index(cursor.fetchall())


def _by_index(rows: Iterable[tuple[bytes, int, str]]) -> dict[bytes, tuple[int, str]]:
    return {bytes(index): (person_id, name) for index, person_id, name in rows}
