"""Handing qualifications over: one body answers on every day, and only level-type items move."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.apps.journal.watching import recorded, unchanged, undone
from zhiping.apps.journal.errors import DocumentRefusedError
from zhiping.apps.reference import actions
from zhiping.apps.reference.actions.handovers import HandoverDetails
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
from zhiping.apps.reference.handover_queries import (
    handover_papers,
    handovers,
    published_handovers,
    responsibilities_at,
    responsibilities_on,
    responsible_for,
)
from zhiping.apps.reference.models import Handover, HandoverPaper, Responsibility
from zhiping.core.identifiers.problems import IdentifierInvalidError
from zhiping.core.identifiers.synthetic import fictional_credit_code
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.errors import DomainError
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

JILIN, CHANGCHUN, LIAONING = "220000", "220100", "210000"
ITEM = "经济专业技术资格"
DAY = dt.date(2024, 1, 1)
CLOCK = builders.AT_FILING
BUREAU, UNION, GUILD = "样例省经济管理厅", "样例经济行业协会", "样例经济学会"


def keeper(place=JILIN):
    return builders.officer("province_supervisor", place)


def details(**changes):
    given_ = {
        "item": ITEM,
        "giver": BUREAU,
        "receiver": UNION,
        "receiver_code": fictional_credit_code(41),
        "receiver_kind": "association",
        "qualified_by": "样例〔2023〕1号遴选公告",
        "passes_on": DAY,
    }
    return HandoverDetails(**{**given_, **changes})


def draft(actor=None, place=JILIN, **changes):
    return actions.draft_handover(place, details(**changes), actor=actor or keeper(), clock=CLOCK)


def done(actor=None, place=JILIN, **changes):
    actor = actor or keeper(place)
    one = draft(actor, place, **changes)
    paper(one, actor)
    return actions.hand_over(one.pk, actor=actor, clock=CLOCK)


def paper(one, actor, **changes):
    given_ = {"kind": "agreement", "name": "协议.pdf", "content": builders.PDF}
    return actions.add_handover_paper(one.pk, **{**given_, **changes}, actor=actor, clock=CLOCK)


def who(day, place=JILIN, item=ITEM):
    found = responsible_for(item, on=day, place=place)
    return None if found is None else found.body


def test_responsibility_follows_the_handover_on_its_day():
    """GD18-3, JL17-3a."""
    actor = keeper()
    with recorded() as entries:
        one = done(actor)
    assert [entry.event for entry in entries] == [
        "reference.handover_drafted", "reference.handover_paper_added", "reference.handover_handed_over",
    ]  # fmt: skip
    assert entries[-1].clauses == ["JL17-3a"]
    assert one.state == Handover.State.HANDED_OVER
    assert one.guided_by.place == JILIN
    eve = DAY - dt.timedelta(days=1)
    assert (who(eve), who(DAY), who(dt.date(2030, 1, 1))) == (BUREAU, UNION, UNION)
    assert who(dt.date(2018, 1, 1)) == BUREAU
    assert who(DAY, place=CHANGCHUN) == UNION, "what the province handed over counts in its cities"
    found = responsible_for(ITEM, on=DAY, place=JILIN)
    assert (found.since, found.until, found.basis, found.kind) == (DAY, None, "handover", "行业协会")
    assert who(DAY, place=LIAONING) not in {BUREAU, UNION, None}, "elsewhere the directory tells"
    assert responsible_for("没有这样的资格", on=DAY, place=JILIN) is None


def test_a_narrower_place_goes_before_a_wider_one():
    done()
    done(keeper(), place=CHANGCHUN, giver="样例市局", receiver="样例市经济协会", receiver_code="")
    assert (who(DAY), who(DAY, place=CHANGCHUN)) == (UNION, "样例市经济协会")
    assert [one.body for one in responsibilities_at(DAY, CHANGCHUN)] == ["样例市经济协会"]
    assert [one.body for one in responsibilities_at(DAY, JILIN)] == [UNION]


def test_a_reversal_gives_it_back_from_its_day():
    actor = keeper()
    one = done(actor)
    back = DAY + dt.timedelta(days=40)
    with undone(), unchanged(one), pytest.raises(ReasonMissingError):
        actions.reverse_handover(one.pk, reversed_on=back, reason=" ", actor=actor, clock=CLOCK)
    with undone(), unchanged(one), pytest.raises(HandoverOrderError):
        actions.reverse_handover(
            one.pk, reversed_on=DAY - dt.timedelta(days=1), reason="早了", actor=actor, clock=CLOCK
        )
    actions.reverse_handover(one.pk, reversed_on=back, reason="不再具备条件", actor=actor, clock=CLOCK)
    assert (who(DAY), who(back - dt.timedelta(days=1)), who(back)) == (UNION, UNION, BUREAU)
    one.refresh_from_db()
    assert (one.state, one.reversed_on, one.ended_reason) == ("reversed", back, "不再具备条件")
    with pytest.raises(MoveNotAllowedError):
        actions.reverse_handover(one.pk, reversed_on=back, reason="再", actor=actor, clock=CLOCK)
    assert published_handovers().get() == one


def test_it_is_handed_on_by_whoever_answers_and_taken_back_in_order():
    actor = keeper()
    first = done(actor)
    with undone(), pytest.raises(HandoverGiverError):
        done(actor, receiver=GUILD, receiver_code="", passes_on=DAY + dt.timedelta(days=5))
    with undone(), pytest.raises(HandoverOrderError):
        done(actor, giver=UNION, receiver=GUILD, receiver_code="", passes_on=DAY - dt.timedelta(days=5))
    second = done(actor, giver=UNION, receiver=GUILD, receiver_code="", passes_on=DAY + dt.timedelta(days=5))
    with undone(), unchanged(first), pytest.raises(HandoverNotLatestError):
        actions.reverse_handover(first.pk, reversed_on=dt.date(2025, 1, 1), reason="收回", actor=actor,
                                 clock=CLOCK)  # fmt: skip
    for one, day in ((second, dt.date(2025, 1, 1)), (first, dt.date(2026, 1, 1))):
        actions.reverse_handover(one.pk, reversed_on=day, reason="收回", actor=actor, clock=CLOCK)
    days = (DAY, dt.date(2024, 6, 1), dt.date(2025, 6, 1), dt.date(2026, 6, 1))
    assert [who(day) for day in days] == [UNION, GUILD, UNION, BUREAU]


@pytest.mark.parametrize(
    ("changes", "error", "clauses"),
    [
        ({"item": "教师资格"}, HandoverAccessTypeError, ("GD18-3", "JL17-3a")),
        ({"item": "物业管理师"}, HandoverCancelledItemError, ("GD18-3", "GD18-2a", "JL17-1a")),
        ({"item": "查干湖冬捕管理师"}, HandoverTypeUnknownError, ("GD18-3", "JL17-3a")),
        ({"passes_on": dt.date(2016, 1, 1)}, HandoverTypeUnknownError, ("GD18-3", "JL17-3a")),
        ({"receiver": BUREAU}, HandoverSameBodyError, ()),
        ({"giver_code": fictional_credit_code(41)}, HandoverSameBodyError, ()),
        ({"receiver_code": "91110000MA00000000"}, IdentifierInvalidError, ()),
        ({"qualified_by": " "}, ReasonMissingError, ()),
    ],
)
def test_what_may_not_be_handed_over_is_refused_with_its_clause(changes, error, clauses):
    actor = keeper()
    with unchanged(), pytest.raises(error) as refusal:
        draft(actor, **changes)
    assert refusal.value.clauses == clauses


def test_the_lists_are_asked_for_the_day_on_which_it_passes():
    """A skilled-worker item was level-type in 2018 and is on no list since the end of 2021."""
    actor = keeper()
    one = draft(actor, item="砌筑工", passes_on=dt.date(2018, 6, 1))
    assert one.item == "砌筑工"
    with undone(), pytest.raises(HandoverTypeUnknownError):
        draft(actor, item="砌筑工", passes_on=dt.date(2022, 6, 1))
    with undone(), unchanged(one), pytest.raises(HandoverTypeUnknownError):
        actions.amend_handover(
            one.pk, details(item="砌筑工", passes_on=dt.date(2023, 1, 1)), actor=actor, clock=CLOCK
        )


def test_an_officer_of_another_province_is_refused_everywhere():
    one, stranger = done(), keeper(LIAONING)
    other = draft(keeper(), item="会计专业技术资格")
    attempts = (
        lambda: draft(stranger, item="社会工作者职业资格"),
        lambda: actions.amend_handover(other.pk, details(), actor=stranger, clock=CLOCK),
        lambda: paper(other, stranger),
        lambda: actions.hand_over(other.pk, actor=stranger, clock=CLOCK),
        lambda: actions.drop_handover(other.pk, reason="越权", actor=stranger, clock=CLOCK),
        lambda: actions.reverse_handover(
            one.pk, reversed_on=dt.date(2025, 1, 1), reason="越权", actor=stranger, clock=CLOCK
        ),
    )
    for attempt in attempts:
        with undone(), unchanged(one, other), pytest.raises(DutyMissingError):
            attempt()
    assert not handovers(stranger).exists()
    assert not handover_papers(stranger).exists()
    assert handovers(keeper()).count() == 2
    with pytest.raises(DutyMissingError):
        draft(builders.officer("city_leader", JILIN))
    with pytest.raises(HandoverNotFoundError):
        actions.hand_over(987654, actor=stranger, clock=CLOCK)


def test_papers_are_judged_by_content_and_asked_for_before_the_handover():
    actor = keeper()
    one = draft(actor)
    with undone(), unchanged(one), pytest.raises(HandoverPaperMissingError):
        actions.hand_over(one.pk, actor=actor, clock=CLOCK)
    for content in (b"", b"MZ\x90\x00", b"<html>"):
        with undone(), unchanged(one), pytest.raises(DocumentRefusedError):
            paper(one, actor, content=content)
    first, again = paper(one, actor), paper(one, actor, name="同一份.pdf")
    assert first == again
    assert HandoverPaper.objects.get().content_type == "application/pdf"
    actions.drop_handover(one.pk, reason="登记有误", actor=actor, clock=CLOCK)
    with pytest.raises(HandoverNotEditableError):
        paper(one, actor, kind="other")


def test_a_draft_is_corrected_or_dropped_and_stands_alone():
    actor = keeper()
    one = draft(actor)
    with undone(), pytest.raises(HandoverDraftExistsError):
        draft(actor)
    again = actions.amend_handover(one.pk, details(receiver=GUILD, note="改"), actor=actor, clock=CLOCK)
    assert (again.receiver, again.note, again.state) == (GUILD, "改", "drafted")
    with undone(), pytest.raises(ReasonMissingError):
        actions.drop_handover(one.pk, reason="", actor=actor, clock=CLOCK)
    actions.drop_handover(one.pk, reason="重复", actor=actor, clock=CLOCK)
    draft(actor)
    with pytest.raises(HandoverNotEditableError):
        actions.amend_handover(one.pk, details(), actor=actor, clock=CLOCK)
    assert not responsibilities_on(DAY).exists()
    assert not published_handovers().exists()


def test_the_guiding_office_is_one_that_is_responsible_for_the_place():
    office = builders.office(LIAONING)
    with pytest.raises(GuidingOfficeError):
        draft(office_id=office.pk)
    assert draft(office_id=builders.office(JILIN).pk).guided_by.place == JILIN


def test_the_database_itself_refuses_two_bodies_on_one_day():
    one = done()
    row = {"place": JILIN, "item": ITEM, "body": "另一家", "handover": one}
    for start, end in ((DAY, None), (None, DAY), (None, None), (dt.date(2023, 1, 1), dt.date(2023, 1, 2))):
        with pytest.raises(IntegrityError), transaction.atomic():
            Responsibility.objects.create(**row, valid_from=start, valid_to=end)
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsibility.objects.filter(valid_from=DAY).update(valid_from=DAY - dt.timedelta(days=1))


DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2022, 1, 20))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hand_over"), st.sampled_from("甲乙丙丁"), st.sampled_from("甲乙丙丁"), DAYS),
        st.tuples(st.just("reverse"), st.integers(0, 5), DAYS),
    ),
    max_size=9,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_never_two_bodies_and_never_none_whatever_is_tried(steps):
    """JL17-3a: whatever officers try in whatever order, one body answers on every day."""
    with undone():
        actor = keeper()
        for step in steps:
            try:
                with transaction.atomic():
                    if step[0] == "hand_over":
                        done(actor, giver=step[1], receiver=step[2], receiver_code="", passes_on=step[3])
                    else:
                        every = list(Handover.objects.order_by("pk"))
                        one = every[step[1]] if step[1] < len(every) else None
                        actions.reverse_handover(
                            one.pk if one else 0, reversed_on=step[2], reason="收回", actor=actor, clock=CLOCK
                        )
            except DomainError:
                continue
        periods = list(Responsibility.objects.values_list("valid_from", "valid_to"))
        for day in (dt.date(2021, 12, 1) + dt.timedelta(days=n) for n in range(60)):
            answering = [
                1 for start, end in periods if (not start or start <= day) and (not end or day < end)
            ]
            assert len(answering) == bool(periods), day
        open_ones = Responsibility.objects.filter(valid_to__isnull=True)
        last = Handover.objects.filter(state="handed_over").order_by("pk").last()
        if last is not None:
            assert open_ones.get().body == last.receiver


@pytest.mark.django_db(transaction=True)
def test_two_officers_hand_the_same_qualification_over_at_once():
    actor = keeper()
    first = done(actor)
    second = draft(actor, giver=UNION, receiver=GUILD, receiver_code="", passes_on=dt.date(2025, 1, 1))
    paper(second, actor)
    together, outcomes = threading.Barrier(2), []

    def act(verb):
        try:
            together.wait(timeout=10)
            if verb == "hand_over":
                actions.hand_over(second.pk, actor=actor, clock=CLOCK)
            else:
                actions.reverse_handover(
                    first.pk, reversed_on=dt.date(2025, 1, 1), reason="收回", actor=actor, clock=CLOCK
                )
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(verb,)) for verb in ("hand_over", "reverse")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    outcomes.remove("done")
    assert outcomes[0] in {"reference.handover_giver", "reference.handover_not_latest"}
    assert responsibilities_on(dt.date(2025, 2, 1)).count() == 1
