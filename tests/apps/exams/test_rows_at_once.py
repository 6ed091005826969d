"""A roster judged as one table says the same of every row as judging the rows one by one."""

import datetime as dt
import threading

import polars as pl
import pytest
from django.db import connection, transaction

from tests import builders
from tests.apps.exams.test_rosters import insured, person_of, preview
from tests.apps.journal.watching import undone
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.actions import rosters
from zhiping.apps.exams.eligibility import Claim, EligibilityDesk
from zhiping.apps.exams.models import Enrolment, PriorCertificate
from zhiping.apps.journal.copying import copy_frame
from zhiping.apps.registry.actions.people import PERSON_COLUMNS, people_on_record, put_on_record
from zhiping.apps.registry.errors import NameDiffersError
from zhiping.apps.registry.identity import number_index, open_number, open_phone
from zhiping.apps.registry.models import DispatchSpan, Person

pytestmark = pytest.mark.django_db
NOW = builders.AT_ENROLMENT
SOURCES = ("国有企业", "劳务派遣人员", "个体工商户", "技工院校学生")
CLAIMS = (
    {"申报条件": "4-2", "专业年限": "8年"},
    {"申报条件": "4-2", "专业年限": "2年"},
    {"申报条件": "4-2", "专业年限": None},
    {"申报条件": "2023/4-1", "专业年限": "5年"},
    {"申报条件": "4-9", "文化程度": "高中"},
    {
        "申报条件": "4-1",
        "是否有职业资格证书": "是",
        "证书等级": "五级/初级工",
        "证书编号": "1944060100500001",
        "认定分类": "晋级认定",
    },
    {"申报条件": "4-3", "文化程度": "中专"},
)


def mixed_rows(body) -> list[dict[str, object]]:
    """Return rows of every source and claim: on record and not, insured, dispatched and neither."""
    rows = [
        builders.candidate_row(index, **{"考生来源": source, **claim})
        for index, (source, claim) in enumerate((source, claim) for source in SOURCES for claim in CLAIMS)
    ]
    for index in range(0, len(rows), 3):
        insured(body, index, by_body=index % 2 == 0)
    for index in range(len(CLAIMS), 2 * len(CLAIMS), 2):
        DispatchSpan.objects.create(
            person=person_of(index),
            body=body,
            unit=body.credit_code,
            place=body.place,
            valid_from=dt.date(2024 + index % 3, 3, 1),
        )
    for index in (5, 12, 19):
        PriorCertificate.objects.create(
            person=person_of(index),
            occupation_code=builders.ELECTRICIAN,
            level="5",
            issued_on=dt.date(2014 + index % 12, 5, 1),
        )
    return rows


@pytest.mark.parametrize(("place", "kind"), [("440606", "employer"), ("210102", "employer")])
def test_a_table_and_single_rows_give_the_same_verdict_to_keep(place, kind):
    sitting = builders.accepted_sitting(builders.confirmed_body(place=place, kind=kind), capacity=100)
    content = builders.workbook(mixed_rows(sitting.body))
    seen = preview(sitting, content)
    kept = rosters._checked(sitting, seen.sha256, lambda: content)
    judged = rosters.judge_rows(sitting, kept)
    desk = EligibilityDesk(sitting, judged.rows["person_id"].drop_nulls().to_list())
    singly = {}
    for row in judged.rows.iter_rows(named=True):
        fields = {name: row[name] for name in Claim.__dataclass_fields__} | {"prior_issued_on": None}
        singly[row["place"]] = desk.judge(row["person_id"], Claim(**fields))
        assert row["prior_issued_on"] == desk.prior_issue_day(row["person_id"], Claim(**fields))
    summaries = [one.summary for one in singly.values()]
    assert (
        judged.rows["summary"]
        .str.json_decode(
            pl.Struct(
                {
                    "candidate": pl.String,
                    "entry": pl.String,
                    "refused": pl.List(pl.String),
                    "unknown": pl.List(pl.String),
                }
            )
        )
        .to_list()
        == summaries
    )
    assert {place for place, one in singly.items() if one.refusals} == set(judged.refused)
    outcomes = {(one["candidate"], one["entry"]) for one in summaries}
    assert len(outcomes) >= 4, outcomes
    exams.apply_candidates(seen.pk, actor=builders.clerk(sitting.body), clock=NOW)
    verdicts = dict(sitting.enrolments.values_list("person__name", "verdict"))
    names = kept.roster.clean["name"]
    good = judged.good
    assert verdicts == {names[place]: singly[place].summary for place in good["place"]}
    assert 0 < len(verdicts) < len(summaries)


def test_every_column_of_an_enrolment_comes_from_its_row():
    sitting = builders.accepted_sitting(capacity=100)
    rows = [
        builders.candidate_row(0, 所在单位=None, 民族="壮族"),
        builders.candidate_row(1, 所在单位="虚构\\样例", 专业年限="6年", 参加工作时间=None, 考试类型="补考"),
        builders.candidate_row(
            2,
            是否有职业资格证书="是",
            证书等级="五级/初级工",
            证书编号="1944060100500001",
            认定分类="晋级认定",
        ),
        builders.candidate_row(3, 证件类型="护照", 证件号码="E12345678", 出生日期="1990-05-01", 性别="女"),
    ]
    seen = preview(sitting, rows)
    assert seen.rows_bad == 0, seen.problems
    exams.apply_candidates(seen.pk, actor=builders.clerk(sitting.body), clock=NOW)
    one, two, three, four = sitting.enrolments.order_by("ticket").select_related("person")
    assert (one.employer_name, two.employer_name) == ("", "虚构\\样例")
    assert (one.work_months, two.work_months, two.exam_type) == (96, 72, "补考")
    assert (three.prior_level, three.prior_number) == ("5", "1944060100500001")
    assert (three.recognition_kind, three.prior_issued_on, three.title) == ("晋级认定", None, "")
    assert (one.education, one.education_text) == ("junior_college", "大学专科")
    assert {each.enrolled_at for each in (one, two, three, four)} == {NOW.now()}
    assert {each.state for each in (one, two, three, four)} == {Enrolment.State.ENROLLED}
    who = builders.person(0)
    assert (open_number(one.person), open_phone(one.person), one.person.nation) == (
        who.number,
        who.phone,
        "壮族",
    )
    assert (one.person.born_on, one.person.sex) == (dt.date(1985, 1, 1), "M")
    assert (four.person.paper_kind, four.person.sex, four.person.born_on) == ("护照", "", None)
    assert bytes(four.person.number_index) == number_index("E12345678", "护照")
    assert {one.person.key.version, two.person.key.version} == {4}


# --- persons ---------------------------------------------------------------------------------------


def people(*indexes: int, **changes: object) -> pl.DataFrame:
    rows = []
    for index in indexes:
        who = builders.person(index, **changes)
        key = number_index(who.number, who.paper_kind)
        rows.append((key, who.number, who.paper_kind, who.name, "M", dt.date(1990, 1, 1), "汉族", who.phone))
    return pl.DataFrame(rows, schema=PERSON_COLUMNS, orient="row")


def test_people_are_found_in_the_order_in_which_they_are_asked_for():
    put = put_on_record(people(3, 1, 2))
    assert put["is_new"].to_list() == [True, True, True]
    found = people_on_record(people(2, 9, 3, 1)["index"])
    assert found["person_id"].to_list() == [
        put["person_id"][2],
        None,
        put["person_id"][0],
        put["person_id"][1],
    ]
    assert found["name"].to_list() == [
        builders.person(index).name if index != 9 else None for index in (2, 9, 3, 1)
    ]
    assert people_on_record(people()["index"]).height == 0
    assert put_on_record(people()).height == 0


def test_whom_others_put_on_record_in_the_meantime_is_theirs():
    theirs = person_of(2)
    put = put_on_record(people(1, 2, 3))
    assert put["is_new"].to_list() == [True, False, True]
    assert put["person_id"][1] == theirs.pk
    assert Person.objects.filter(pk__in=put["person_id"].to_list()).count() == 3
    with undone(), pytest.raises(NameDiffersError):
        put_on_record(people(2, 4, name="虚构人"))


@pytest.mark.django_db(transaction=True)
def test_two_who_put_the_same_people_on_record_at_once_agree_on_one_row_each():
    results, failed, together = [None, None], [], threading.Barrier(2)

    def put(number: int, order: range) -> None:
        try:
            with transaction.atomic():
                together.wait(timeout=10)
                results[number] = put_on_record(people(*order))
        except Exception as failure:  # noqa: BLE001 (handed to the test, which fails on it)
            failed.append(failure)
        finally:
            connection.close()

    known = Person.objects.count()
    threads = [
        threading.Thread(target=put, args=(number, order))
        for number, order in enumerate((range(300), range(299, 99, -1)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert Person.objects.count() == known + 300
    one, other = results
    assert one["person_id"].to_list()[299:99:-1] == other["person_id"].to_list()


def test_texts_missing_values_and_bytes_arrive_as_they_are():
    frame = pl.DataFrame(
        {
            "number": [1, 2, 3, None],
            "text": ["\\N", "", None, 'a\tb\\n\nc\r,"“\u3000'],
            "day": [dt.date(1990, 1, 2), None, None, dt.date(2026, 12, 31)],
            "flag": [True, False, None, True],
            "bytes": [b"\0\x01\\", b"", None, b"\xff"],
            "at": [NOW.now()] * 4,
        }
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE arrived (number bigint, text text, day date, flag boolean, bytes bytea,"
            " at timestamptz) ON COMMIT DROP"
        )
        copy_frame("arrived", frame)
        cursor.execute("SELECT number, text, day, flag, bytes, at FROM arrived")
        rows = [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in cursor]
    assert rows == frame.rows()
