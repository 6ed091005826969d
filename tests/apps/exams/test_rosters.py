"""Candidates by spreadsheet: good rows in, bad rows back with their reasons, and nothing twice."""

import datetime as dt
import io
import threading

import openpyxl
import pytest
from django.db import connection

from tests import builders
from tests.apps.journal.watching import recorded, unchanged, undone
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.actions import rosters
from zhiping.apps.exams.eligibility import Claim
from zhiping.apps.exams.errors import (
    CapacityExceededError,
    NotEligibleError,
    RosterClosedError,
    RosterNotFoundError,
)
from zhiping.apps.exams.models import Enrolment, PriorCertificate, RosterImport
from zhiping.apps.journal.errors import DocumentRefusedError
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry import storage
from zhiping.apps.registry.actions.people import register_people
from zhiping.apps.registry.errors import NameDiffersError, NotYourBodyError
from zhiping.apps.registry.models import DispatchSpan, InsuranceSpan, InsuredMonth, Person

pytestmark = pytest.mark.django_db
NOW = builders.AT_ENROLMENT


def preview(sitting, rows, **changes):
    return exams.preview_candidates(
        sitting.pk,
        **{
            "file_name": "考生名册.xlsx",
            "content": rows if isinstance(rows, bytes) else builders.workbook(rows),
            "actor": builders.clerk(sitting.body),
            "clock": NOW,
            **changes,
        },
    )


def apply(sitting, rows, **changes):
    seen = preview(sitting, rows, **changes)
    return exams.apply_candidates(seen.pk, actor=builders.clerk(sitting.body), clock=NOW)


def reasons(seen: RosterImport) -> dict[int, str]:
    """Return row number → all its reasons."""
    return {one["row"]: "".join(part["text"] for part in one["reasons"]) for one in seen.problems}


def page_of(content: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def person_of(index: int) -> Person:
    details = builders.person(index)
    return next(iter(register_people([details], on=builders.SITTING_DAY).values()))


def six_bad_of_forty() -> list[dict[str, object]]:
    rows = [builders.candidate_row(index) for index in range(40)]
    good_number = str(rows[3]["证件号码"])
    wrong_digit = "0" if good_number[-1] != "0" else "1"
    rows[3] |= {"证件号码": good_number[:-1] + wrong_digit}
    rows[9] |= {"姓名": None}
    rows[15] |= {"职业工种名称": "焊工"}
    rows[21] |= {"认定等级": "三级/高级工"}
    rows[27] |= {"手机号码": "12345"}
    rows[33] |= {"专业年限": "1年", "参加工作时间": "2026-01"}
    return rows


def test_of_forty_rows_six_come_back_in_the_same_workbook_and_are_enrolled_once_mended():
    sitting = builders.accepted_sitting(capacity=60)
    rows = six_bad_of_forty()
    with recorded() as entries:
        done = apply(sitting, rows)
    assert [entry.event for entry in entries] == ["exams.roster_previewed", "exams.candidates_enrolled"]
    assert (done.rows_total, done.rows_good, done.rows_bad) == (40, 34, 6)
    assert sitting.enrolments.count() == 34
    assert set(reasons(done)) == {5, 11, 17, 23, 29, 35}
    assert len(set(reasons(done).values())) == 6

    given_back = page_of(exams.returned_workbook(done))
    headers, bad = given_back[0], given_back[1:]
    assert len(bad) == 6
    column = {str(header).strip("*＊ "): place for place, header in enumerate(headers)}
    assert all(row[0] for row in bad)
    assert [row[1] for row in bad] == ["5", "11", "17", "23", "29", "35"]
    assert [row[column["证件号码"]] for row in bad] == [
        str(rows[index]["证件号码"]) for index in (3, 9, 15, 21, 27, 33)
    ]

    book = openpyxl.load_workbook(io.BytesIO(exams.returned_workbook(done)))
    page = book.worksheets[0]
    mended = [builders.candidate_row(index) for index in (3, 9, 15, 21, 27, 33)]
    for line, row in enumerate(mended, start=2):
        for header, value in row.items():
            page.cell(row=line, column=column[header] + 1, value=value)
    target = io.BytesIO()
    book.save(target)
    again = apply(sitting, target.getvalue())
    assert (again.rows_good, again.rows_bad) == (6, 0)
    assert sitting.enrolments.count() == 40
    tickets = sorted(sitting.enrolments.values_list("ticket", flat=True))
    assert [int(ticket[-5:]) for ticket in tickets] == list(range(1, 41))


def test_the_same_file_twice_changes_nothing():
    sitting = builders.accepted_sitting(capacity=60)
    content = builders.workbook([builders.candidate_row(index) for index in range(8)])
    done = apply(sitting, content)
    with unchanged(sitting, done, *sitting.enrolments.all()), recorded() as entries:
        assert apply(sitting, content).pk == done.pk
        exams.apply_candidates(done.pk, actor=builders.clerk(sitting.body), clock=NOW)
    assert entries == []


def test_the_same_rows_in_another_file_are_unchanged_and_a_changed_row_is_taken_over():
    sitting = builders.accepted_sitting(capacity=60)
    rows = [builders.candidate_row(index) for index in range(8)]
    apply(sitting, rows)
    before = {row.pk: row for row in sitting.enrolments.all()}
    rows[2] |= {"专业年限": "9年"}
    done = apply(sitting, rows)
    assert (done.rows_good, done.rows_unchanged) == (8, 7)
    after = {row.pk: row for row in sitting.enrolments.all()}
    assert after.keys() == before.keys()
    changed = [pk for pk, row in after.items() if row.row_fingerprint != before[pk].row_fingerprint]
    [pk] = changed
    assert (before[pk].work_months, after[pk].work_months) == (96, 108)
    assert after[pk].ticket == before[pk].ticket
    assert after[pk].roster_id == done.pk


def test_a_changed_row_keeps_what_is_on_record_of_the_earlier_certificate():
    sitting = builders.accepted_sitting(capacity=60)
    held = PriorCertificate.objects.create(
        person=person_of(0),
        occupation_code=builders.ELECTRICIAN,
        level="5",
        issued_on=dt.date(2020, 5, 1),
        number="S000044060000000001",
    )
    row = builders.candidate_row(
        0, 是否有职业资格证书="是", 证书等级="五级/初级工", 证书编号="1944060100500001"
    )
    for years in ("8年", "9年"):
        done = apply(sitting, [row | {"专业年限": years}])
        assert (done.rows_good, done.rows_bad) == (1, 0), done.problems
        enrolled = sitting.enrolments.get()
        assert (enrolled.prior_level, enrolled.prior_issued_on) == ("5", held.issued_on)
    assert enrolled.work_months == 108


def test_an_import_is_nobody_elses_and_an_unknown_one_is_not_found():
    sitting = builders.accepted_sitting()
    seen = preview(sitting, [builders.candidate_row(0)])
    stranger = builders.clerk(builders.new_body())
    with undone(), unchanged(seen), pytest.raises(NotYourBodyError):
        exams.apply_candidates(seen.pk, actor=stranger, clock=NOW)
    with undone(), unchanged(sitting), pytest.raises(NotYourBodyError):
        preview(sitting, [builders.candidate_row(1)], actor=stranger)
    with undone(), pytest.raises(RosterNotFoundError):
        exams.apply_candidates(seen.pk + 1000, actor=builders.clerk(sitting.body), clock=NOW)


def test_rows_beyond_the_capacity_come_back_and_enrolled_rows_do_not_count_twice():
    sitting = builders.accepted_sitting(capacity=5)
    done = apply(sitting, [builders.candidate_row(index) for index in range(7)])
    assert (done.rows_good, done.rows_bad, sitting.enrolments.count()) == (5, 2, 5)
    assert set(reasons(done)) == {7, 8}
    again = apply(sitting, [builders.candidate_row(index, 专业年限="9年") for index in range(5)])
    assert (again.rows_good, again.rows_bad) == (5, 0)
    clerk = builders.clerk(sitting.body)
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    by_hand = {"actor": clerk, "clock": NOW}
    with undone(), unchanged(sitting), pytest.raises(CapacityExceededError):
        exams.enrol_by_hand(sitting.pk, builders.person(30), claim, **by_hand)
    with recorded() as entries:
        exams.withdraw_enrolment(sitting.enrolments.first().pk, reason="本人申请", **by_hand)
        exams.withdraw_enrolment(sitting.enrolments.first().pk, reason="再点一次", **by_hand)
    assert [entry.event for entry in entries] == ["exams.enrolment_withdrawn"]
    with recorded() as entries:
        exams.enrol_by_hand(sitting.pk, builders.person(30), claim, **by_hand)
    assert [entry.event for entry in entries] == ["exams.candidate_enrolled"]


def test_somebody_enrolled_elsewhere_at_that_hour_is_refused_by_file_and_by_hand():
    first = builders.enrolled_sitting(candidates=3)
    second = builders.accepted_sitting()
    done = apply(second, [builders.candidate_row(index) for index in range(2, 6)])
    assert (done.rows_good, done.rows_bad) == (3, 1)
    assert first.number in reasons(done)[2]
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    clerk = builders.clerk(second.body)
    with undone(), unchanged(second), pytest.raises(NotEligibleError) as refusal:
        exams.enrol_by_hand(second.pk, builders.person(0), claim, actor=clerk, clock=NOW)
    assert first.number in refusal.value.facts["reasons"]
    later = builders.accepted_sitting(second.body, day=dt.date(2026, 11, 27))
    assert apply(later, [builders.candidate_row(0)]).rows_good == 1


def test_a_candidate_tied_to_an_assessor_is_refused_by_file_and_by_hand():
    sitting = builders.accepted_sitting()
    clerk = builders.clerk(sitting.body)
    one = sitting.assignments.filter(role="assessor").first()
    post = sitting.body.assessors.get(person=one.person_id)
    registry.declare_tie(post.pk, builders.person(1), tie="trainee", actor=clerk, clock=NOW)
    done = apply(sitting, [builders.candidate_row(0), builders.candidate_row(1)])
    assert (done.rows_good, list(reasons(done))) == (1, [3])
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    with undone(), unchanged(sitting), pytest.raises(NotEligibleError):
        exams.enrol_by_hand(sitting.pk, builders.person(1), claim, actor=clerk, clock=NOW)


def test_a_disqualified_candidate_is_not_enrolled_again_by_any_way():
    sitting = builders.enrolled_sitting(candidates=2)
    clerk = builders.clerk(sitting.body)
    one = sitting.enrolments.get(person=person_of(0))
    exams.record_incident(
        sitting.pk,
        "substitution",
        "照片与本人不符",
        actor=clerk,
        clock=builders.AFTER_SITTING,
        enrolment_id=one.pk,
    )
    done = apply(sitting, [builders.candidate_row(0, 专业年限="9年"), builders.candidate_row(1)])
    assert (done.rows_good, list(reasons(done))) == (1, [2])
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    for attempt in (
        lambda: exams.enrol_by_hand(sitting.pk, builders.person(0), claim, actor=clerk, clock=NOW),
        lambda: exams.withdraw_enrolment(one.pk, reason="算了", actor=clerk, clock=NOW),
    ):
        with undone(), unchanged(one), pytest.raises(NotEligibleError):
            attempt()
    one.refresh_from_db()
    assert one.state == Enrolment.State.DISQUALIFIED


# --- who belongs to the employer -----------------------------------------------------------------


def insured(body, index: int, *, by_body: bool = True, place: str = "", until: dt.date | None = None) -> None:
    InsuredMonth.objects.get_or_create(body=body, month=dt.date(2026, 10, 1), defaults={"insured_count": 320})
    InsuranceSpan.objects.create(
        person=person_of(index),
        body=body if by_body else None,
        unit=body.credit_code if by_body else "99ANOTHERUNIT00001",
        place=place or body.place,
        valid_from=dt.date(2020, 1, 1),
        valid_to=until,
    )


def test_somebody_the_employer_does_not_insure_on_the_day_is_refused_in_foshan():
    sitting = builders.accepted_sitting()
    day = builders.SITTING_DAY
    insured(sitting.body, 0)
    insured(sitting.body, 1, by_body=False)
    insured(sitting.body, 2, until=day)
    insured(sitting.body, 3, until=day + dt.timedelta(days=1))
    seen = preview(sitting, [builders.candidate_row(index) for index in range(5)])
    assert set(reasons(seen)) == {3, 4, 6}
    assert all("FS20-T1" in text for text in reasons(seen).values())
    clauses = {part["clause"] for one in seen.problems for part in one["reasons"]}
    assert clauses == {"FS20-T1"}


def test_where_the_feed_does_not_reach_the_body_nobody_is_refused_but_it_is_kept_as_unknown():
    sitting = builders.accepted_sitting()
    assert apply(sitting, [builders.candidate_row(0)]).rows_good == 1
    verdict = sitting.enrolments.get().verdict
    assert verdict["candidate"] == "unknown"
    assert "EXM-021" in verdict["unknown"]


@pytest.mark.parametrize(("place", "is_refused"), [("440606", True), ("210102", False)])
def test_eleven_months_of_dispatch_are_too_few_in_foshan_and_enough_in_shenyang(place, is_refused):
    sitting = builders.accepted_sitting(builders.confirmed_body(place=place))
    since = {0: dt.date(2025, 12, 26), 1: dt.date(2025, 11, 26), 2: dt.date(2025, 11, 27)}
    for index, start in since.items():
        insured(sitting.body, index, by_body=False)
        DispatchSpan.objects.create(
            person=person_of(index),
            body=sitting.body,
            unit=sitting.body.credit_code,
            place=place,
            valid_from=start,
        )
    rows = [builders.candidate_row(index, 考生来源="劳务派遣人员") for index in since]
    seen = preview(sitting, rows)
    assert set(reasons(seen)) == ({2, 4} if is_refused else set())


def test_an_outsider_is_refused_by_the_clause_of_the_place():
    for place, clause in (("440606", "FS20-T1"), ("210102", "LN24-2.2b")):
        sitting = builders.accepted_sitting(builders.confirmed_body(place=place))
        with undone():
            seen = preview(sitting, [builders.candidate_row(0, 考生来源="个体工商户")])
            assert seen.rows_bad == 1
            [[part]] = [one["reasons"] for one in seen.problems]
            assert clause in part["clause"]
            assert not any(
                other in part["clause"] for other in ("FS20", "LN24") if not clause.startswith(other)
            )


# --- many at once, closed doors, few queries ------------------------------------------------------


def test_a_roster_is_taken_only_for_an_accepted_plan_and_a_sitting_to_come():
    drafted = builders.drafted_sitting()
    with undone(), unchanged(drafted), pytest.raises(RosterClosedError):
        preview(drafted, [builders.candidate_row(0)])
    held = builders.held_sitting()
    with undone(), unchanged(held), pytest.raises(RosterClosedError):
        preview(held, [builders.candidate_row(0)])


@pytest.mark.parametrize("step", ["preview", "apply"])
def test_two_hundred_rows_take_no_more_queries_than_twenty(step, django_assert_max_num_queries):
    sitting = builders.accepted_sitting(capacity=600)
    clerk = builders.clerk(sitting.body)
    used = []
    for first, size in ((1000, 20), (2000, 200)):
        for index in range(first, first + size):
            insured(sitting.body, index)
        content = builders.workbook([builders.candidate_row(index) for index in range(first, first + size)])
        seen = preview(sitting, content) if step == "apply" else None
        with django_assert_max_num_queries(60) as context:
            if seen is None:
                assert preview(sitting, content).rows_good == size
            else:
                assert exams.apply_candidates(seen.pk, actor=clerk, clock=NOW).rows_good == size
        used.append(len(context))
    assert used[1] <= used[0] + 2


@pytest.mark.django_db(transaction=True)
def test_two_rosters_with_the_same_new_people_at_once_agree_on_one_row_each():
    sittings = [
        builders.accepted_sitting(builders.confirmed_body(), day=dt.date(2026, 11, day), capacity=300)
        for day in (26, 27)
    ]
    rows = [builders.candidate_row(index) for index in range(200)]
    contents = [builders.workbook(rows), builders.workbook(rows[::-1])]
    known = Person.objects.count()
    finish(sittings, contents)
    assert Person.objects.count() == known + 200
    assert [sitting.enrolments.count() for sitting in sittings] == [200, 200]


@pytest.mark.django_db(transaction=True)
def test_two_rosters_that_bring_the_same_people_to_the_same_hour_enrol_each_of_them_once():
    sittings = [builders.accepted_sitting(builders.confirmed_body(), capacity=300) for _ in range(2)]
    rows = [builders.candidate_row(index) for index in range(150)]
    finish(sittings, [builders.workbook(rows), builders.workbook(rows[::-1])])
    assert sum(sitting.enrolments.count() for sitting in sittings) == 150
    assert Enrolment.objects.values("person").distinct().count() == 150


def finish(sittings, contents) -> None:
    """Preview one after the other, then take both over at the same time."""
    seen = [preview(sitting, content) for sitting, content in zip(sittings, contents, strict=True)]
    assert [one.rows_bad for one in seen] == [0, 0]
    actors = [builders.clerk(sitting.body) for sitting in sittings]
    together, failed = threading.Barrier(2), []

    def take(index: int) -> None:
        try:
            together.wait(timeout=10)
            exams.apply_candidates(seen[index].pk, actor=actors[index], clock=NOW)
        except Exception as failure:  # noqa: BLE001 (handed to the test, which fails on it)
            failed.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []


def test_a_number_on_record_under_another_name_is_refused_in_its_row_and_by_hand():
    person_of(3)
    on_record = builders.person(3).name
    sitting = builders.accepted_sitting()
    rows = [builders.candidate_row(2), builders.candidate_row(3, 姓名="虚构人")]
    done = apply(sitting, rows)
    assert (done.rows_good, done.rows_bad) == (1, 1)
    [reason] = reasons(done).values()
    assert "另一姓名" in reason
    assert "主管部门更正" in reason
    assert on_record not in reason
    assert "另一姓名" in str(page_of(exams.returned_workbook(done)))
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    with undone(), pytest.raises(NameDiffersError):
        exams.enrol_by_hand(
            sitting.pk,
            builders.person(3, name="虚构人"),
            claim,
            actor=builders.clerk(sitting.body),
            clock=NOW,
        )


def test_an_uploaded_roster_lies_sealed_and_comes_back_only_unchanged(settings):
    sitting = builders.accepted_sitting()
    content = builders.workbook([builders.candidate_row(index) for index in range(40, 43)])
    seen = preview(sitting, content)
    assert storage.read(seen.sha256) == content
    kept = [path for path in settings.STATE_DIR.rglob(f"{seen.sha256}*") if path.is_file()]
    assert kept
    number = builders.person(40).number.encode()
    for path in kept:
        assert not path.read_bytes().startswith(b"PK")
        assert number not in path.read_bytes()
    sealed = storage.path_of(seen.sha256).with_suffix(".sealed")
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"\0")
    with pytest.raises(DocumentRefusedError):
        storage.read(seen.sha256)


def test_rows_are_read_from_the_workbook_once_and_judged_every_time(monkeypatch, settings):
    sitting = builders.accepted_sitting()
    content = builders.workbook([builders.candidate_row(index) for index in range(3)])
    seen = preview(sitting, content)
    person_of(1)
    Person.objects.update(name="虚构人")
    with monkeypatch.context() as closed:
        closed.setattr(rosters, "read_and_check", lambda *_: pytest.fail("the workbook was read again"))
        done = exams.apply_candidates(seen.pk, actor=builders.clerk(sitting.body), clock=NOW)
    assert (seen.rows_good, done.rows_good, list(reasons(done))) == (3, 2, [3])
    for path in settings.STATE_DIR.rglob(f"{seen.sha256}.*.sealed"):
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert "虚构人" not in str(page_of(exams.returned_workbook(done)))
    assert len(page_of(exams.returned_workbook(done))) == 2
