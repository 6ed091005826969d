"""Results by spreadsheet: matched with who was expected, complete before they are noticed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests import builders
from tests.apps.journal.watching import officer_with_all, recorded, unchanged, undone
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.errors import OpinionMissingError, ResultsIncompleteError
from zhiping.apps.exams.models import Attendance, Result, RosterImport
from zhiping.apps.reference.queries import calendar
from zhiping.apps.registry.errors import NotYourBodyError
from zhiping.kernel.actor import DutyMissingError

pytestmark = pytest.mark.django_db
NOW = builders.AFTER_SITTING


def preview(sitting, rows) -> RosterImport:
    headers = tuple(builders.result_headers(sitting).values())
    return exams.preview_results(
        sitting.pk,
        file_name="成绩.xlsx",
        content=builders.workbook(rows, headers=headers),
        actor=builders.clerk(sitting.body),
        clock=NOW,
    )


def take(sitting, rows) -> RosterImport:
    return exams.apply_results(preview(sitting, rows).pk, actor=builders.clerk(sitting.body), clock=NOW)


def test_rows_that_match_nobody_or_another_name_come_back_and_the_others_are_taken():
    sitting = builders.held_sitting(candidates=4)
    rows = builders.result_rows(sitting)
    rows[1]["姓名"] = "冯无此人"
    rows[2]["准考证号"] = "99999999999999999"
    done = take(sitting, rows)
    assert (done.rows_total, done.rows_good, done.rows_bad) == (4, 2, 2)
    assert sorted(one["row"] for one in done.problems) == [3, 4]
    assert Result.objects.filter(enrolment__sitting=sitting).count() == 4
    assert exams.returned_results(done)[:2] == b"PK"


def test_incomplete_results_are_not_noticed_until_the_missing_ones_are_in():
    sitting = builders.held_sitting(candidates=3)
    rows = builders.result_rows(sitting)
    take(sitting, rows[:2])
    clerk = builders.clerk(sitting.body)
    sitting.refresh_from_db()
    with undone(), unchanged(sitting), pytest.raises(ResultsIncompleteError) as refusal:
        exams.publish_results(sitting.pk, actor=clerk, clock=NOW)
    assert refusal.value.facts["count"] == 1
    assert refusal.value.facts["example"].startswith(str(rows[2]["准考证号"]))
    done = take(sitting, rows)
    assert (done.rows_good, done.rows_unchanged) == (3, 2)
    assert exams.publish_results(sitting.pk, actor=clerk, clock=NOW).state == "in_notice"


def test_absence_is_a_result_and_a_score_beside_it_is_none():
    sitting = builders.held_sitting(candidates=2)
    headers = builders.result_headers(sitting)
    rows = builders.result_rows(sitting)
    rows[0] |= {headers["theory_score"]: None, headers["theory_absent"]: "是"}
    rows[1] |= {headers["theory_absent"]: "是"}
    done = take(sitting, rows)
    assert (done.rows_good, done.rows_bad) == (1, 1)
    absent = Result.objects.get(enrolment__sitting=sitting, subject="theory")
    assert (absent.is_absent, absent.score) == (True, None)


def test_the_database_keeps_scores_between_nought_and_a_hundred_and_never_beside_absence():
    sitting = builders.held_sitting(candidates=1)
    row = {"enrolment": sitting.enrolments.get(), "subject": "theory", "recorded_on": NOW.today()}
    for values in ({"score": 101}, {"score": -1}, {"score": 60, "is_absent": True}, {"score": None}):
        with pytest.raises(IntegrityError, match="result_score"), transaction.atomic():
            Result.objects.create(**row, **values)


def test_taking_the_same_results_twice_changes_nothing():
    sitting = builders.held_sitting(candidates=3)
    rows = builders.result_rows(sitting)
    done = take(sitting, rows)
    with unchanged(done, sitting, *Result.objects.all()), recorded() as entries:
        exams.apply_results(done.pk, actor=builders.clerk(sitting.body), clock=NOW)
    assert entries == []
    rows[0][builders.result_headers(sitting)["theory_score"]] = "59.5"
    corrected = take(sitting, rows)
    assert (corrected.rows_good, corrected.rows_unchanged) == (3, 2)


def test_returned_results_that_were_right_go_on_with_the_same_file():
    sitting = builders.submitted_sitting(candidates=2)
    rows, boss = builders.result_rows(sitting), officer_with_all("440600")
    exams.review_results(sitting.pk, "return", opinion="视频缺失", actor=boss, clock=builders.AFTER_NOTICE)
    assert take(sitting, rows).rows_unchanged == 2
    sitting.refresh_from_db()
    assert sitting.state == "results_in"


def test_the_notice_of_results_runs_for_working_days():
    sitting = builders.sitting_with_results(candidates=1)
    exams.publish_results(sitting.pk, actor=builders.clerk(sitting.body), clock=NOW)
    sitting.refresh_from_db()
    last = sitting.notice_to - dt.timedelta(days=1)
    assert calendar().workdays_between(sitting.notice_from, last) == 5


def test_returned_results_are_mended_and_submitted_again_and_a_return_needs_its_reason():
    sitting = builders.submitted_sitting(candidates=2)
    boss = officer_with_all("440600")
    late = builders.AFTER_NOTICE
    with undone(), unchanged(sitting), pytest.raises(OpinionMissingError):
        exams.review_results(sitting.pk, "return", opinion=" ", actor=boss, clock=late)
    with recorded() as entries:
        exams.review_results(sitting.pk, "return", opinion="视频缺失", actor=boss, clock=late)
    assert [(entry.event, entry.facts["opinion"]) for entry in entries] == [
        ("exams.results_returned", "视频缺失")
    ]
    assert take(sitting, builders.result_rows(sitting, theory="70")).rows_unchanged == 0
    clerk = builders.clerk(sitting.body)
    exams.publish_results(sitting.pk, actor=clerk, clock=NOW)
    exams.submit_results(sitting.pk, actor=clerk, clock=late)
    with recorded() as entries:
        approved = exams.review_results(sitting.pk, "approve", opinion="", actor=boss, clock=late)
    assert (approved.state, [entry.event for entry in entries]) == ("approved", ["exams.results_approved"])


def test_attendance_and_incidents_are_written_by_the_body_or_a_supervisor_of_the_place():
    sitting = builders.enrolled_sitting(candidates=2)
    present = {row.pk: place == 0 for place, row in enumerate(sitting.enrolments.all())}
    clerk, handler = builders.clerk(sitting.body), builders.officer("city_handler", "440600")
    for actor in (clerk, handler):
        with recorded() as entries:
            assert exams.record_attendance(sitting.pk, present, actor=actor, clock=NOW) == 2
            exams.record_incident(sitting.pk, "equipment_failure", "一台设备停机", actor=actor, clock=NOW)
        assert [entry.event for entry in entries] == ["exams.attendance_recorded", "exams.incident_recorded"]
    assert Attendance.objects.count() == 2
    with undone(), unchanged(sitting), pytest.raises(ValueError, match="not a valid"):
        exams.record_incident(sitting.pk, "bad_weather", "大雨", actor=clerk, clock=NOW)
    far = builders.officer("city_handler", "210100")
    stranger = builders.clerk(builders.new_body())
    for actor, refused in ((far, DutyMissingError), (stranger, NotYourBodyError)):
        with undone(), unchanged(sitting), pytest.raises(refused):
            exams.record_attendance(sitting.pk, present, actor=actor, clock=NOW)


def test_cheating_takes_the_candidate_out_of_the_results():
    sitting = builders.held_sitting(candidates=2)
    rows = builders.result_rows(sitting)
    one = sitting.enrolments.get(ticket=rows[0]["准考证号"])
    exams.record_incident(
        sitting.pk, "cheating", "携带资料", actor=builders.clerk(sitting.body), clock=NOW, enrolment_id=one.pk
    )
    done = take(sitting, rows)
    assert (done.rows_good, done.rows_bad) == (1, 1)
    assert not one.results.exists()


def test_matching_three_hundred_rows_takes_no_more_queries_than_three(django_assert_max_num_queries):
    used = []
    for first, count in ((0, 3), (1000, 300)):
        sitting = builders.accepted_sitting(capacity=400)
        who = {"actor": builders.clerk(sitting.body), "clock": builders.AT_ENROLMENT}
        rows = [builders.candidate_row(index) for index in range(first, first + count)]
        seen = exams.preview_candidates(
            sitting.pk, file_name="考生.xlsx", content=builders.workbook(rows), **who
        )
        exams.apply_candidates(seen.pk, **who)
        exams.hold_sitting(sitting.pk, actor=who["actor"], clock=NOW)
        seen = preview(sitting, builders.result_rows(sitting))
        with django_assert_max_num_queries(40) as context:
            done = exams.apply_results(seen.pk, actor=who["actor"], clock=NOW)
        assert done.rows_good == count
        used.append(len(context))
    assert used[1] <= used[0] + 2
