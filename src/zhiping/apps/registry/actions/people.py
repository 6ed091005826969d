"""Persons, staff, assessors, declared ties."""

import datetime as dt
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import psycopg
from django.db import connection, transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.journal.copying import copy_frames, parts_of
from zhiping.apps.registry.errors import AlreadyOnRecordError, IdentityNumberRefusedError, NameDiffersError
from zhiping.apps.registry.identity import (
    number_index,
    seal_number,
    seal_numbers,
    seal_phone,
    seal_phones,
)
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
from zhiping.core.identifiers.identity_columns import normal_text_expr
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
    _require_same_name(details.name, on_record)


def _require_same_name(name: str, on_record: str) -> None:
    if not same_name(name, on_record):
        raise NameDiffersError(name=name, on_record=mask_name(on_record))


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
    ids = register_people_ids(people, on=on)
    found = Person.objects.in_bulk(ids.values())
    return {key: found[person_id] for key, person_id in ids.items()}


def register_people_ids(people: Sequence[PersonDetails], *, on: dt.date) -> dict[tuple[str, str], int]:
    """Return the keys of the persons of many papers, as `register_people` does."""
    wanted = {(details.paper_kind, normalise_code(details.number)): details for details in people}
    rows = [_row_of(details, kind, number, on) for (kind, number), details in wanted.items()]
    frame = pl.DataFrame(rows, schema=PERSON_COLUMNS, orient="row")
    known = people_on_record(frame["index"])
    frame = frame.with_columns(person_id=known["person_id"])
    for details, name in zip(wanted.values(), known["name"], strict=True):
        if name is not None:
            _require_name(details, name)
    fresh = frame.filter(pl.col("person_id").is_null())
    ids = dict(zip(fresh["index"], put_on_record(fresh)["person_id"], strict=True))
    found = zip(wanted, frame["index"], frame["person_id"], strict=True)
    return {key: ids[index] if person_id is None else person_id for key, index, person_id in found}


PERSON_COLUMNS = {
    "index": pl.Binary(),
    "number": pl.String(),
    "paper_kind": pl.String(),
    "name": pl.String(),
    "sex": pl.String(),
    "born_on": pl.Date(),
    "nation": pl.String(),
    "phone": pl.String(),
}
"""What `put_on_record` is told of a person: the number in its one spelling and its index, "" for unknown
texts. `sex` and `born_on` are those that a resident's number states."""


def _row_of(details: PersonDetails, kind: str, number: str, on: dt.date) -> tuple[object, ...]:
    sex, born_on = "", None
    if kind == RESIDENT_CARD:
        identity = identity_numbers.parse(number, on=on)
        sex, born_on = "M" if identity.gender is identity_numbers.Gender.MALE else "F", identity.born
    index = number_index(number, kind)
    return index, number, kind, details.name, sex, born_on, details.nation, details.phone


def put_on_record(people: pl.DataFrame) -> pl.DataFrame:
    """Put persons on record who were not a moment ago (登记人员); `people` has the PERSON_COLUMNS.

    Returns `person_id` and `is_new`, in the order of `people`: whom somebody else put on record in the
    meantime is theirs. Two rosters that bring the same new person at once agree on one row.

    Refuses:
        NameDiffersError: the number is meanwhile on record under another name.
    """
    if people.is_empty():
        return pl.DataFrame(schema={"person_id": pl.Int64, "is_new": pl.Boolean})
    coming = people.with_columns(name=normal_text_expr("name"), id=_next_ids(people.height))
    # In one order for everybody: two rosters with the same new people wait for each other, never deadlock.
    in_order = coming.sort("index")
    try:
        with transaction.atomic():
            copy_frames("registry_person", _COPIED, map(_sealed, parts_of(in_order)))
    except psycopg.errors.UniqueViolation:
        return _put_beside_others(coming, in_order)
    return coming.select(person_id="id", is_new=pl.lit(value=True))


_COPIED = (
    "id",
    "key",
    "name",
    "paper_kind",
    "number_cipher",
    "number_index",
    "sex",
    "born_on",
    "nation",
    "phone_cipher",
)


def _sealed(people: pl.DataFrame) -> pl.DataFrame:
    """Return persons as they lie on record, their numbers sealed."""
    indexes = people["index"].to_list()
    return people.with_columns(
        key=pl.Series(_new_keys(len(indexes))),
        number_cipher=pl.Series(seal_numbers(people["number"].to_list(), indexes), dtype=pl.Binary),
        number_index="index",
        phone_cipher=pl.Series(seal_phones(people["phone"].to_list(), indexes), dtype=pl.Binary),
    ).select(_COPIED)


def _new_keys(count: int) -> list[str]:
    """Return random keys of the kind that `uuid4` makes, in one draw."""
    drawn = os.urandom(16 * count).hex()
    keys = (drawn[start : start + 32] for start in range(0, len(drawn), 32))
    return [f"{key[:12]}4{key[13:16]}{'89ab'[int(key[16], 16) % 4]}{key[17:]}" for key in keys]


def _next_ids(count: int) -> pl.Series:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(ids) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence('registry_person', 'id')::regclass AS ids OFFSET 0) AS sequence",
            [count],
        )
        return pl.Series([key for (key,) in cursor.fetchall()], dtype=pl.Int64)


def _put_beside_others(coming: pl.DataFrame, in_order: pl.DataFrame) -> pl.DataFrame:
    """Put on record who is still missing, where others brought some of the same persons at once."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.registry_person_coming")
        cursor.execute(
            "CREATE TEMPORARY TABLE registry_person_coming ON COMMIT DROP AS"  # noqa: S608 (own names)
            f" SELECT {', '.join(_COPIED)} FROM registry_person WITH NO DATA"
        )
        copy_frames("registry_person_coming", _COPIED, map(_sealed, parts_of(in_order)))
        cursor.execute(
            f"INSERT INTO registry_person ({', '.join(_COPIED)})"  # noqa: S608 (own names)
            f" SELECT {', '.join(_COPIED)} FROM pg_temp.registry_person_coming ORDER BY number_index"
            " ON CONFLICT (number_index, paper_kind) DO NOTHING"
        )
        cursor.execute("DROP TABLE pg_temp.registry_person_coming")
    found = people_on_record(coming["index"])
    for name, on_record in zip(coming["name"], found["name"], strict=True):
        _require_same_name(name, on_record)
    return found.select("person_id", is_new=found["person_id"] == coming["id"])


_ON_RECORD = """
WITH put AS (
  INSERT INTO registry_person
    (key, name, paper_kind, number_cipher, number_index, sex, born_on, nation, phone_cipher)
  SELECT gen_random_uuid(), name, paper_kind, number_cipher, number_index, sex, born_on, nation, phone_cipher
  FROM pg_temp.registry_person_coming ORDER BY number_index
  ON CONFLICT (number_index, paper_kind) DO NOTHING
  RETURNING number_index, paper_kind, id
)
SELECT place, id FROM put JOIN pg_temp.registry_person_coming USING (number_index, paper_kind)
"""
_ON_RECORD = """
SELECT place, person.id, person.name
FROM generate_series(0, %s - 1) AS place
JOIN registry_person AS person ON person.number_index = substring(%b::bytea FROM place * 32 + 1 FOR 32)
"""


def people_on_record(indexes: pl.Series) -> pl.DataFrame:
    """Return `person_id` and `name` of the persons on record, in the order of the indexes of their papers.

    Both are missing for whom is not on record.
    """
    connection.ensure_connection()
    schema = {"place": pl.Int64, "person_id": pl.Int64, "name": pl.String}
    with psycopg.Cursor(connection.connection) as cursor:
        # thousands of indexes go to the server as one value
        cursor.execute(_ON_RECORD, [len(indexes), b"".join(indexes.to_list())])
        found = pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
    places = pl.DataFrame({"place": pl.int_range(len(indexes), eager=True)})
    return places.join(found, on="place", how="left", maintain_order="left").drop("place")
