import datetime as dt

import pytest
from certificate_world import (
    CLOCK,
    FOSHAN,
    SHENYANG,
    SITTING_DAY,
    approved_sitting,
    clerk,
    enrol,
    filed_body,
    officer,
)
from django.db import IntegrityError

from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.certificates.documents import document_of
from zhiping.apps.certificates.errors import SerialsExhaustedError, SiteCodeMissingError
from zhiping.apps.certificates.models import Certificate, Change, NumberSeries
from zhiping.apps.exams.errors import SittingNotFoundError
from zhiping.apps.exams.states import SITTING_MOVES, SittingState
from zhiping.apps.journal.models import Entry
from zhiping.apps.registry.states import BodyState
from zhiping.core.credential import digest
from zhiping.core.identifiers.certificate_number import CertificateNumber
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db


def test_everybody_who_passed_gets_a_numbered_certificate_and_nobody_else():
    body = filed_body()
    sitting = approved_sitting(body)
    good = [enrol(sitting, theory=score) for score in ("60.0", "100.0", "60.5")]
    bad = [
        enrol(sitting, theory="59.5"),
        enrol(sitting, practical="absent"),
        enrol(sitting, practical=None),
        enrol(sitting, theory=None, practical=None),
    ]
    gone = enrol(sitting)
    gone.state = "withdrawn"
    gone.save()

    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)

    prefix = f"Y000021{body.site_code}264"
    assert report.numbers == tuple(f"{prefix}{serial:06d}" for serial in (1, 2, 3))
    assert [one.ticket for one in report.not_passed] == [one.ticket for one in bad]
    assert all(one.reasons[0] for one in report.not_passed)
    assert "60" in report.not_passed[0].reasons[0] or "59.5" in report.not_passed[0].reasons[0]
    assert report.held_back == ()
    assert report.is_complete
    sitting.refresh_from_db()
    assert sitting.state == SittingState.ISSUED
    assert NumberSeries.objects.get().last_serial == 3
    rows = list(Certificate.objects.order_by("number"))
    assert [row.enrolment_id for row in rows] == [one.pk for one in good]
    assert [str(CertificateNumber.parse(row.number)) for row in rows] == list(report.numbers)
    assert {change.kind for change in Change.objects.all()} == {"issued"}
    assert Change.objects.count() == 3


def test_what_is_printed_is_frozen_masked_and_digested():
    body = filed_body(FOSHAN, kind="school")
    sitting = approved_sitting(body, level="3")
    enrolment = enrol(sitting, "阿依古丽·买买提", number="990101199001010019", theory="61.5")
    issue_certificates(sitting.pk, actor=officer(FOSHAN), clock=CLOCK)
    certificate = Certificate.objects.get()
    assert certificate.number.startswith("S000044")
    assert certificate.holder_name == "阿依古丽·买买提"
    assert certificate.number_masked == "990101************"
    assert str(certificate.theory_score) == "61.5"
    assert certificate.person_id == enrolment.person_id
    kept = certificate.digest
    document = document_of(certificate, paper_number="990101199001010019", credit_code=body.credit_code)
    assert digest(document) == kept
    assert document.query_address.endswith("/verify")


def test_one_journal_entry_names_every_certificate_and_no_personal_number():
    sitting = approved_sitting(filed_body())
    for _ in range(4):
        enrol(sitting)
    before = Entry.objects.count()
    issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.order_by("-id").first()
    assert entry.event == "certificates.issued"
    about = set(entry.subjects.values_list("thing", "thing_id"))
    assert about == {("exams.sitting", str(sitting.pk))} | {
        ("certificates.certificate", str(pk)) for pk in Certificate.objects.values_list("pk", flat=True)
    }
    assert entry.facts["issued"] == 4
    assert "LN24-2.3a" in entry.clauses
    assert not [clause for clause in entry.clauses if clause.startswith("FS20")]
    assert "9901" not in str(entry.facts)


def test_serials_go_on_within_site_year_and_level_and_start_anew_for_another_level():
    body = filed_body()
    numbers = []
    for level in ("4", "4", "3"):
        sitting = approved_sitting(body, level=level)
        enrol(sitting)
        enrol(sitting)
        numbers += issue_certificates(sitting.pk, actor=officer(), clock=CLOCK).numbers
    assert [int(number[16:]) for number in numbers] == [1, 2, 3, 4, 1, 2]


def test_a_sitting_in_which_nobody_passed_is_closed_without_certificates():
    sitting = approved_sitting(filed_body())
    enrol(sitting, theory="12.0")
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    sitting.refresh_from_db()
    assert (report.numbers, sitting.state) == ((), SittingState.ISSUED)
    assert not NumberSeries.objects.exists()


@pytest.mark.parametrize("state", [state for state in SittingState if state != SittingState.APPROVED])
def test_only_an_approved_sitting_is_issued(state):
    assert (state, "issue") not in SITTING_MOVES
    sitting = approved_sitting(filed_body(), state=state)
    enrol(sitting)
    with pytest.raises(MoveNotAllowedError):
        issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert not Certificate.objects.exists()
    assert not Entry.objects.filter(event__startswith="certificates").exists()


def test_issuing_twice_is_refused_the_second_time():
    sitting = approved_sitting(filed_body())
    enrol(sitting)
    issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    with pytest.raises(MoveNotAllowedError):
        issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert Certificate.objects.count() == 1


def test_an_officer_of_another_city_a_reader_and_a_clerk_cannot_issue():
    body = filed_body()
    sitting = approved_sitting(body)
    enrol(sitting)
    for actor in (officer(FOSHAN), officer(SHENYANG, "certificates.read"), clerk(body)):
        with pytest.raises(DutyMissingError):
            issue_certificates(sitting.pk, actor=actor, clock=CLOCK)


def test_an_unknown_sitting_is_said_to_be_unknown():
    with pytest.raises(SittingNotFoundError):
        issue_certificates(987_654, actor=officer(), clock=CLOCK)


@pytest.mark.parametrize(
    ("place", "change", "rule"),
    [
        (SHENYANG, {"state": BodyState.SUSPENDED}, "CRT-009"),
        (FOSHAN, {"state": BodyState.REMOVED}, "CRT-010"),
        (FOSHAN, {"state": BodyState.LEFT}, "CRT-010"),
        (SHENYANG, {"in_scope": False}, "CRT-007"),
        (FOSHAN, {"in_scope": False}, "CRT-008"),
    ],
)
def test_what_a_rule_refuses_is_held_back_with_its_words_and_issued_once_the_reason_is_gone(
    place, change, rule
):
    body = filed_body(place, **change)
    sitting = approved_sitting(body)
    enrol(sitting)
    enrol(sitting, theory="10.0")
    report = issue_certificates(sitting.pk, actor=officer(place), clock=CLOCK)
    assert report.numbers == ()
    assert [one.rules for one in report.held_back] == [(rule,)]
    assert report.held_back[0].reasons[0].endswith("。")
    sitting.refresh_from_db()
    assert sitting.state == SittingState.APPROVED
    assert not NumberSeries.objects.exists()
    assert Entry.objects.order_by("-id").first().event == "certificates.issue_held_back"

    good = filed_body(place)
    body.state = BodyState.FILED
    body.save()
    body.scope_lines.all().delete()
    good.scope_lines.update(body=body)
    assert len(issue_certificates(sitting.pk, actor=officer(place), clock=CLOCK).numbers) == 1


@pytest.mark.parametrize("state", [BodyState.REMOVED, BodyState.LEFT])
def test_what_a_body_examined_before_it_left_the_register_is_issued_with_a_warning_to_a_person(state):
    body = filed_body(SHENYANG, state=state)
    sitting = approved_sitting(body)
    enrol(sitting)
    body.state_since = SITTING_DAY + dt.timedelta(days=1)
    body.save()
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert len(report.numbers) == 1
    assert any("后续工作" in warning for warning in report.warnings)


@pytest.mark.parametrize("days_before", [0, 1])
def test_what_a_body_examined_since_it_left_the_register_is_held_back(days_before):
    body = filed_body(SHENYANG, state=BodyState.REMOVED)
    sitting = approved_sitting(body)
    enrol(sitting)
    body.state_since = SITTING_DAY - dt.timedelta(days=days_before)
    body.save()
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert report.numbers == ()
    assert [one.rules for one in report.held_back] == [("CRT-011",)]


def test_a_body_of_which_nobody_knows_when_it_left_gets_no_certificates():
    body = filed_body(SHENYANG, state=BodyState.REMOVED)
    sitting = approved_sitting(body)
    enrol(sitting)
    body.state_since = None
    body.save()
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert [one.rules for one in report.held_back] == [("CRT-011", "CRT-012")]


def test_a_name_that_cannot_be_printed_holds_one_certificate_back_and_takes_no_serial():
    sitting = approved_sitting(filed_body())
    enrol(sitting)
    odd = enrol(sitting, "王\u0007小")
    enrol(sitting)
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert [int(number[16:]) for number in report.numbers] == [1, 2]
    assert [one.ticket for one in report.held_back] == [odd.ticket]
    sitting.refresh_from_db()
    assert sitting.state == SittingState.APPROVED
    odd.person.name = "王小"
    odd.person.save()
    again = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert [int(number[16:]) for number in again.numbers] == [3]
    sitting.refresh_from_db()
    assert sitting.state == SittingState.ISSUED


def test_a_level_without_a_character_in_the_number_is_refused_by_the_rule_on_numbers():
    body = filed_body()
    body.scope_lines.filter(level="3").update(level="9")
    sitting = approved_sitting(body, level="9")
    enrol(sitting)
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert "CRT-004" in report.held_back[0].rules


def test_without_a_site_code_nothing_is_numbered():
    sitting = approved_sitting(filed_body(site_code=""))
    enrol(sitting)
    with pytest.raises(SiteCodeMissingError):
        issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)


def test_six_digits_hold_999999_certificates_and_not_one_more():
    body = filed_body()
    NumberSeries.objects.create(prefix=f"Y000021{body.site_code}264", last_serial=999_998)
    sitting = approved_sitting(body)
    enrol(sitting)
    last = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK).numbers
    assert last[0].endswith("999999")
    another = approved_sitting(body)
    enrol(another)
    with pytest.raises(SerialsExhaustedError):
        issue_certificates(another.pk, actor=officer(), clock=CLOCK)
    another.refresh_from_db()
    assert another.state == SittingState.APPROVED


def test_a_short_notice_is_only_a_warning():
    sitting = approved_sitting(filed_body())
    sitting.notice_to = sitting.notice_from
    sitting.save()
    enrol(sitting)
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert report.numbers
    assert report.warnings


def test_the_database_itself_refuses_a_second_certificate_with_the_same_number():
    sitting = approved_sitting(filed_body())
    enrol(sitting)
    issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    copy = Certificate.objects.get()
    copy.pk, copy.enrolment_id = None, None
    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)
