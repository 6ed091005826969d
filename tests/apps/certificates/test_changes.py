import datetime as dt

import pytest
from certificate_world import (
    CLOCK,
    FOSHAN,
    GUANGZHOU,
    SHENYANG,
    approved_sitting,
    clerk,
    enrol,
    filed_body,
    officer,
)
from hypothesis import given
from hypothesis import strategies as st

from zhiping.apps.certificates.actions import (
    annul_certificate,
    correct_certificate,
    issue_certificates,
    restore_certificate,
)
from zhiping.apps.certificates.errors import (
    CertificateNotFoundError,
    ClauseNotBindingError,
    FieldNotCorrectableError,
    NothingToCorrectError,
    ReasonMissingError,
    ReasonTooLongError,
    ValueUnusableError,
)
from zhiping.apps.certificates.models import Certificate, Change
from zhiping.apps.certificates.queries import (
    ChangeView,
    certificate_for,
    certificates_within,
    history,
    status_on,
)
from zhiping.apps.certificates.states import CERTIFICATE_MOVES, CertificateState
from zhiping.apps.certificates.statuses import Status, status_as_of
from zhiping.apps.journal.models import Entry
from zhiping.kernel.actor import PUBLIC, Actor, ActorKind, DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.portals.refusals import sentence

APRIL, MAY, JUNE = (FixedClock.at(2026, month, 7) for month in (4, 5, 6))
GROUND = {SHENYANG: "LN24-3.5c", FOSHAN: "FS20-5.2"}


def issued(place=SHENYANG, name="王安宁", **scores):
    body = filed_body(place)
    sitting = approved_sitting(body)
    enrol(sitting, name, **scores)
    issue_certificates(sitting.pk, actor=officer(place), clock=CLOCK)
    return Certificate.objects.get(enrolment__sitting=sitting)


def do(verb, certificate, *, actor=None, clock=APRIL, reason="查实成绩造假", **more):
    actor = actor or officer(certificate.place)
    if verb == "correct":
        more.setdefault("changes", {"holder_name": "王安灵"})
        return correct_certificate(certificate.number, reason=reason, actor=actor, clock=clock, **more)
    if verb == "annul":
        more = {"clause": GROUND.get(certificate.place, ""), **more}
        return annul_certificate(certificate.number, reason=reason, actor=actor, clock=clock, **more)
    return restore_certificate(certificate.number, reason=reason, actor=actor, clock=clock, **more)


VERBS = ("correct", "annul", "restore")


def in_state(state):
    certificate = issued()
    if state == CertificateState.ANNULLED:
        do("annul", certificate)
    return certificate


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", CertificateState)
def test_every_verb_from_every_state_is_allowed_and_recorded_or_refused_and_not(state, verb):
    certificate = in_state(state)
    entries, changes = Entry.objects.count(), Change.objects.count()
    move = CERTIFICATE_MOVES.get((state, verb))
    if move is None:
        with pytest.raises(MoveNotAllowedError):
            do(verb, certificate, clock=MAY)
        assert (Entry.objects.count(), Change.objects.count()) == (entries, changes)
        return
    do(verb, certificate, clock=MAY)
    certificate.refresh_from_db()
    assert certificate.state == move.to
    assert (Entry.objects.count(), Change.objects.count()) == (entries + 1, changes + 1)
    entry = Entry.objects.order_by("-id").first()
    assert entry.clauses == ["LN24-3.5c" if verb != "correct" else "LN24-2.3a"]
    assert list(entry.subjects.values_list("thing_id", flat=True)) == [str(certificate.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_only_who_holds_the_duty_at_the_place_may_change_a_certificate(verb):
    certificate = in_state(CertificateState.ANNULLED if verb == "restore" else CertificateState.VALID)
    nobodies = (
        officer(FOSHAN),
        officer(SHENYANG, "certificates.read", "certificates.issue"),
        clerk(certificate.body),
        PUBLIC,
    )
    for actor in nobodies:
        with pytest.raises(DutyMissingError):
            do(verb, certificate, actor=actor)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_a_change_needs_a_reason_that_fits(verb):
    certificate = in_state(CertificateState.ANNULLED if verb == "restore" else CertificateState.VALID)
    for nothing in ("", "  ", "\u3000\u200b"):
        with pytest.raises(ReasonMissingError):
            do(verb, certificate, reason=nothing)
    with pytest.raises(ReasonTooLongError):
        do(verb, certificate, reason="长" * 501)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_number_is_said_to_be_unknown(verb):
    certificate = in_state(CertificateState.VALID)
    certificate.number = certificate.number[:-1] + "9"
    with pytest.raises(CertificateNotFoundError):
        do(verb, certificate)


@pytest.mark.django_db
def test_a_correction_keeps_before_and_after_and_takes_a_new_digest():
    certificate = issued()
    before = certificate.digest
    do(
        "correct",
        certificate,
        changes={"holder_name": " 王安灵 ", "work_type": "维修电工"},
        reason="姓名录错",
    )
    certificate.refresh_from_db()
    assert (certificate.holder_name, certificate.work_type) == ("王安灵", "维修电工")
    change = certificate.changes.order_by("-id").first()
    assert change.before == {"holder_name": "王安宁", "work_type": ""}
    assert change.after == {"holder_name": "王安灵", "work_type": "维修电工"}
    assert change.digest == certificate.digest != before
    assert change.state == CertificateState.VALID


@pytest.mark.django_db
def test_number_level_scores_and_state_are_no_corrections():
    certificate = issued()
    for field in ("number", "level", "theory_score", "state", "issued_on", "digest", "number_masked"):
        with pytest.raises(FieldNotCorrectableError):
            do("correct", certificate, changes={field: "1"})


@pytest.mark.django_db
def test_a_correction_must_differ_fit_and_be_printable():
    certificate = issued()
    with pytest.raises(NothingToCorrectError):
        do("correct", certificate, changes={"holder_name": "　王安宁 "})
    with pytest.raises(ValueUnusableError):
        do("correct", certificate, changes={"holder_name": "长" * 61})
    for bad in ("", "王\u0001"):
        with pytest.raises(ValueUnusableError) as refused:
            do("correct", certificate, changes={"holder_name": bad})
        assert "姓名" in sentence(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "clause", "named"),
    [
        (FOSHAN, "LN24-3.5c", "FS20-5.2"),
        (SHENYANG, "FS20-5.2", "LN24-3.5c"),
        (SHENYANG, "LN24-2.3a", "LN24-3.5c"),
        (SHENYANG, "no such clause", "LN24-3.5c"),
        (FOSHAN, "", "FS20-5.2"),
    ],
)
def test_a_clause_that_does_not_bind_is_refused_and_those_that_do_are_named(place, clause, named):
    certificate = issued(place)
    with pytest.raises(ClauseNotBindingError) as refused:
        do("annul", certificate, clause=clause)
    assert named in sentence(refused.value)
    certificate.refresh_from_db()
    assert certificate.state == CertificateState.VALID


@pytest.mark.django_db
def test_where_no_clause_is_known_the_refusal_says_so():
    certificate = issued(GUANGZHOU)
    with pytest.raises(ClauseNotBindingError) as refused:
        do("annul", certificate, clause="LN24-3.5c")
    assert "没有" in sentence(refused.value)


@pytest.mark.django_db
def test_status_as_of_every_day_of_a_certificates_life():
    certificate = issued()
    do("correct", certificate, clock=FixedClock.at(2026, 4, 1))
    do("annul", certificate, clock=APRIL, reason="替考查实")
    do("restore", certificate, clock=JUNE, reason="复查后撤销")
    number = certificate.number
    day = dt.timedelta(days=1)
    told = {
        CLOCK.today() - day: (Status.NOT_ISSUED, None, ""),
        CLOCK.today(): (Status.VALID, CLOCK.today(), ""),
        APRIL.today() - day: (Status.VALID, CLOCK.today(), ""),
        APRIL.today(): (Status.ANNULLED, APRIL.today(), "替考查实"),
        JUNE.today() - day: (Status.ANNULLED, APRIL.today(), "替考查实"),
        JUNE.today(): (Status.VALID, JUNE.today(), "复查后撤销"),
        dt.date(2040, 1, 1): (Status.VALID, JUNE.today(), "复查后撤销"),
    }
    for on, (status, since, reason) in told.items():
        found = status_on(number, on)
        assert (found.status, found.since, found.reason) == (status, since, reason), on
    kinds = [change.kind for change in history(number)]
    assert kinds == ["issued", "corrected", "annulled", "restored"]
    assert history(number)[2].clause == "LN24-3.5c"


@pytest.mark.django_db
def test_a_certificate_taken_over_without_changes_is_told_by_its_own_days():
    certificate = issued()
    Change.objects.all().delete()
    assert status_on(certificate.number, CLOCK.today()).status == Status.VALID
    Certificate.objects.update(state="annulled", state_since=MAY.today(), state_reason="外省作废")
    assert status_on(certificate.number, APRIL.today()).status == Status.VALID
    assert status_on(certificate.number, MAY.today()).reason == "外省作废"
    with pytest.raises(CertificateNotFoundError):
        status_on("Y000021000001264999999", MAY.today())


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 1))


def change(kind, day):
    state = "annulled" if kind == "annulled" else "valid"
    return ChangeView(
        kind=kind, kind_label="", state=state, state_label="", effective_on=day,
        at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), reason=f"{kind}{day}", clause="", actor_name="甲",
        before=None, after=None, digest="",
    )  # fmt: skip


@given(
    DAYS,
    st.lists(st.tuples(st.sampled_from(["annulled", "restored", "corrected"]), DAYS), max_size=8),
    DAYS,
)
def test_status_follows_a_calendar_painted_decision_by_decision(issue_day, later, asked):
    # The peer: a calendar on which each decision paints its days over what stood there.
    first, last = dt.date(2023, 12, 1), dt.date(2024, 4, 1)
    painted = {first + dt.timedelta(days=n): ("not_issued", None) for n in range((last - first).days)}
    changes = [change("issued", issue_day), *(change(kind, day) for kind, day in later)]
    for one in changes:
        if one.kind != "corrected":
            for day in painted:
                if day >= one.effective_on:
                    painted[day] = (one.state, one.effective_on)
    found = status_as_of(changes, asked)
    assert (found.status.value, found.since) == painted[asked]
    assert found.since is None or found.since <= asked


@pytest.mark.django_db
def test_officers_see_their_places_bodies_their_own_and_the_public_none():
    here, there = issued(SHENYANG), issued(FOSHAN)
    system = Actor(kind=ActorKind.SYSTEM, id="system", name="系统")
    seen = {
        officer(SHENYANG): [here],
        officer(FOSHAN): [there],
        officer(SHENYANG, "registry.read"): [],
        clerk(there.body): [there],
        PUBLIC: [],
        system: [there, here],
    }
    for actor, rows in seen.items():
        assert list(certificates_within(actor)) == rows
        for certificate in (here, there):
            if certificate in rows:
                assert certificate_for(actor, certificate.number.lower()) == certificate
            else:
                with pytest.raises(CertificateNotFoundError):
                    certificate_for(actor, certificate.number)
