"""Identity numbers never lie open in the database, and a seal fits one row only."""

import pytest
from django.db import connection

from tests import builders
from tests.apps.journal.watching import undone
from zhiping.apps.exams import actions as exams
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.actions.people import register_people, register_person
from zhiping.apps.registry.errors import IdentityNumberRefusedError, NameDiffersError
from zhiping.apps.registry.identity import number_index, open_number, open_phone
from zhiping.apps.registry.messages import MESSAGES
from zhiping.apps.registry.models import Person
from zhiping.kernel.sealing import SealBrokenError

pytestmark = pytest.mark.django_db
DAY = builders.SITTING_DAY


def columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN"
            " ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')"
        )
        return cursor.fetchall()


def where_it_lies(needle: str) -> set[tuple[str, str]]:
    """Return the columns of any table in which the text lies in clear."""
    quote, binary, found = connection.ops.quote_name, _binary(), set()
    with connection.cursor() as cursor:
        for table, column in columns():
            shown = f"{quote(column)}::text"
            if (table, column) in binary:
                shown = f"encode({quote(column)}, 'escape')"
            cursor.execute(f"SELECT 1 FROM {quote(table)} WHERE strpos({shown}, %s) > 0 LIMIT 1", [needle])
            if cursor.fetchone():
                found.add((table, column))
    return found


def _binary() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea'"
        )
        return set(cursor.fetchall())


def test_after_the_whole_way_no_column_of_any_table_holds_a_number_or_a_telephone_in_clear():
    sitting = builders.approved_sitting()
    clerk = builders.clerk(sitting.body)
    later = builders.accepted_sitting(sitting.body, day=builders.dt.date(2026, 11, 27), capacity=60)
    rows = [builders.candidate_row(index) for index in range(20, 30)]
    wrong = str(rows[0]["证件号码"])
    wrong = wrong[:-1] + ("0" if wrong[-1] != "0" else "1")
    rows[0] |= {"证件号码": wrong}
    rows[1] |= {"证件号码": rows[2]["证件号码"]}  # repeated
    rows[3] |= {"姓名": None}
    seen = exams.preview_candidates(
        later.pk,
        file_name="考生.xlsx",
        content=builders.workbook(rows),
        actor=clerk,
        clock=builders.AT_ENROLMENT,
    )
    done = exams.apply_candidates(seen.pk, actor=clerk, clock=builders.AT_ENROLMENT)
    assert (done.rows_good, done.rows_bad) == (6, 4)
    assessor = sitting.body.assessors.first().person
    numbers = [
        wrong,
        *(str(row["证件号码"]) for row in rows),
        open_number(assessor),
        builders.person(0).number,
    ]
    telephones = [str(rows[5]["手机号码"])]
    assert len(columns()) > 100
    assert where_it_lies(sitting.body.name)  # the search finds what is there
    assert {
        number: where_it_lies(number) for number in (*numbers, *telephones) if where_it_lies(number)
    } == {}


def test_a_number_is_found_by_its_index_and_opens_for_its_own_row():
    details = builders.person(7)
    person = register_person(details, on=DAY)
    assert bytes(person.number_index) == number_index(details.number, details.paper_kind)
    assert (open_number(person), open_phone(person)) == (details.number, details.phone)
    assert register_person(details, on=DAY).pk == person.pk
    [again] = register_people([details], on=DAY).values()
    assert again.pk == person.pk


def test_a_seal_that_was_changed_or_moved_to_another_row_does_not_open():
    one, other = (register_person(builders.person(index), on=DAY) for index in (7, 8))
    with undone():
        Person.objects.filter(pk=one.pk).update(
            number_cipher=other.number_cipher, phone_cipher=other.phone_cipher
        )
        moved = Person.objects.get(pk=one.pk)
        for open_it in (open_number, open_phone):
            with pytest.raises(SealBrokenError):
                open_it(moved)
    tampered = bytearray(one.number_cipher)
    tampered[-1] ^= 1
    Person.objects.filter(pk=one.pk).update(number_cipher=bytes(tampered))
    with pytest.raises(SealBrokenError):
        open_number(Person.objects.get(pk=one.pk))


def test_the_same_number_on_another_paper_is_another_person():
    details = builders.person(7)
    card = register_person(details, on=DAY)
    passport = register_person(builders.person(7, paper_kind="护照", number="E00000000"), on=DAY)
    assert card.pk != passport.pk
    assert (passport.sex, passport.born_on) == ("", None)


def test_a_number_that_cannot_be_right_registers_nobody():
    good = builders.person(7).number
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    before = Person.objects.count()
    with pytest.raises(IdentityNumberRefusedError):
        register_person(builders.person(7, number=wrong), on=DAY)
    assert Person.objects.count() == before


def test_a_number_on_record_under_another_name_is_refused_and_the_name_is_masked():
    details = builders.person(7, name="阿依·古丽")
    known = register_person(details, on=DAY)
    assert register_person(builders.person(7, name="阿依 古丽"), on=DAY).pk == known.pk
    assert register_person(builders.person(7, name="阿依•古丽"), on=DAY).pk == known.pk
    other = builders.person(7, name="虚构人")
    for refused in (
        lambda: register_person(other, on=DAY),
        lambda: register_people([builders.person(8), other], on=DAY),
    ):
        with pytest.raises(NameDiffersError) as refusal:
            refused()
        assert refusal.value.facts == {"name": "虚构人", "on_record": "阿*·**"}
        words = MESSAGES["registry.name_differs"].format(**refusal.value.facts)
        assert "阿依" not in words
        assert "主管部门更正" in words


def test_staff_assessors_and_ties_refuse_a_number_on_record_under_another_name():
    body = builders.new_body()
    first = builders.assessor(body, who=builders.person(7))
    other = builders.person(7, name="虚构人")
    who = {"actor": builders.clerk(body), "clock": builders.AT_FILING}
    staff = {"role": "expert", "is_full_time": True, "valid_from": DAY}
    for refused in (
        lambda: registry.add_staff_member(body.pk, other, **staff, **who),
        lambda: builders.assessor(body, who=other),
        lambda: registry.declare_tie(first.pk, other, tie="relative", **who),
    ):
        with pytest.raises(NameDiffersError):
            refused()
