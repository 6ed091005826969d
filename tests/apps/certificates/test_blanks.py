"""Blank certificates: asked for, summed, supplied, used, written off — and none of them missing."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from blank_world import (
    HEPING,
    HUANCUI,
    KEEP,
    LIAONING,
    SHANDONG,
    SHENHE,
    SHENYANG,
    SUPPLY,
    WEIHAI,
    WENDENG,
    WITNESS,
    certificates,
    need,
    officer,
    received,
    series,
    stocked,
    supplied,
)
from certificate_world import CLOCK, filed_body
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from hypothesis import event, given, settings
from hypothesis import strategies as st

from zhiping.apps.certificates import actions
from zhiping.apps.certificates import errors as refused
from zhiping.apps.certificates.actions import Grant, SeriesDetails, Source
from zhiping.apps.certificates.blank_queries import (
    balances,
    choices_for,
    current_sheet,
    faults,
    ledger_within,
    proofs,
    requests_awaiting,
    requests_within,
    sheets_of,
    stocks_within,
    write_offs_awaiting,
)
from zhiping.apps.certificates.models import (
    BlankLoss,
    BlankMovement,
    BlankRange,
    BlankRequest,
    BlankSeries,
    BlankStock,
    BlankWriteOff,
)
from zhiping.apps.certificates.public_queries import published_losses
from zhiping.apps.certificates.states import (
    BLANK_REQUEST_MOVES,
    BlankKind,
    BlankRequestState,
    MovementKind,
    Shelf,
    WriteOffState,
)
from zhiping.apps.journal.models import Entry
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.errors import DomainError
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.portals.refusals import sentence

pytestmark = pytest.mark.django_db


def by(actor):
    return {"actor": actor, "clock": CLOCK}


def entries_since(last):
    return list(Entry.objects.filter(pk__gt=last).order_by("pk"))


def last_entry():
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def where(text):
    """Return place and condition of a serial."""
    one = BlankRange.objects.select_related("stock").get(
        series__prefix=text[:2], span__contains=int(text[2:])
    )
    return one.stock.place, one.shelf


# --- from the need to the shelf ------------------------------------------------------------------


def test_district_asks_city_sums_province_supplies_city_passes_on():
    """Authority: WH21-3.4a, in the city whose notice it is."""
    series(SHANDONG, prefix="SD")
    received("SD000001", "SD000500", place=SHANDONG)
    before = last_entry()
    first = actions.request_blanks(HUANCUI, need(120, project="海草房苫盖"), **by(officer(HUANCUI)))
    second = actions.request_blanks(WENDENG, need(80), **by(officer(WENDENG)))
    city = officer(WEIHAI)
    whole = actions.aggregate_blank_requests(
        WEIHAI,
        {first.pk: Grant(quantity=100, reason="上年结余 20 张"), second.pk: Grant(quantity=80)},
        need=need(10, due=dt.date(2026, 4, 1)),
        **by(city),
    )
    assert (whole.quantity, whole.supplier, whole.state) == (190, SHANDONG, BlankRequestState.SUBMITTED)
    first.refresh_from_db()
    assert (first.granted, first.reduction, first.parent) == (100, "上年结余 20 张", whole)

    province = officer(SHANDONG)
    partly = actions.supply_blanks(whole.pk, [("SD000001", "SD000100")], **by(province))
    assert (partly.state, partly.left) == (BlankRequestState.PARTLY, 90)
    full = actions.supply_blanks(
        whole.pk, [("SD000201", "SD000280"), ("SD000301", "SD000310")], **by(province)
    )
    assert (full.state, full.left) == (BlankRequestState.SUPPLIED, 0)

    done = actions.supply_blanks(first.pk, [("SD000001", "SD000100")], **by(city))
    assert done.state == BlankRequestState.SUPPLIED
    actions.supply_blanks(second.pk, [("SD000201", "SD000280")], **by(city))
    assert where("SD000050") == (HUANCUI, Shelf.ON_HAND)
    assert where("SD000300") == (SHANDONG, Shelf.ON_HAND)

    steps = entries_since(before)
    assert [one.event for one in steps] == [
        "certificates.blanks_requested",
        "certificates.blanks_requested",
        "certificates.blanks_aggregated",
        "certificates.blanks_supplied",
        "certificates.blanks_supplied",
        "certificates.blanks_supplied",
        "certificates.blanks_supplied",
    ]
    assert {tuple(one.clauses) for one in steps} == {("WH21-3.4a",)}
    assert [row.difference for row in balances(officer(SHANDONG))] == [0] * 4
    assert faults() == ()


def test_elsewhere_the_same_steps_cite_no_clause_of_weihai():
    series()
    received("LN000001", "LN000100")
    supplied(SHENYANG, "LN000001", "LN000010", 10)
    assert all(entry.clauses == [] for entry in Entry.objects.filter(event="certificates.blanks_supplied"))


def test_a_city_is_not_given_more_than_is_left_nor_another_kind():
    series()
    series(prefix="JN", kind=BlankKind.SKILL_LEVEL)
    received("LN000001", "LN000100")
    received("JN000001", "JN000100")
    request = actions.request_blanks(SHENYANG, need(10), **by(officer(SHENYANG)))
    province = officer(LIAONING)
    with pytest.raises(refused.BlankTooManyError) as caught:
        actions.supply_blanks(request.pk, [("LN000001", "LN000011")], **by(province))
    assert "还应供应 10 张，本次选了 11 张" in sentence(caught.value)
    with pytest.raises(refused.BlankTooManyError):
        actions.supply_blanks(request.pk, [], **by(province))
    with pytest.raises(refused.BlankKindError) as caught:
        actions.supply_blanks(request.pk, [("JN000001", "JN000010")], **by(province))
    assert "申领的是专项职业能力证书，区间 JN000001—JN000010 是职业技能等级证书" in sentence(caught.value)
    twice = [("LN000001", "LN000005"), ("LN000005", "LN000009")]
    with pytest.raises(refused.BlankElsewhereError) as caught:
        actions.supply_blanks(request.pk, twice, **by(province))
    assert "LN000005 现由沈阳市保管，不在辽宁省的库存中" in sentence(caught.value)
    assert BlankMovement.objects.filter(kind=MovementKind.SUPPLIED).count() == 0


def test_reductions_need_a_reason_and_stay_below_what_was_asked():
    request = actions.request_blanks(HEPING, need(10), **by(officer(HEPING)))
    city = officer(SHENYANG)
    for grant in (Grant(quantity=5), Grant(quantity=0, reason="没有"), Grant(quantity=11)):
        with pytest.raises(refused.BlankReductionError):
            actions.aggregate_blank_requests(SHENYANG, {request.pk: grant}, need=need(0), **by(city))
    with pytest.raises(refused.BlankNothingToAggregateError):
        actions.aggregate_blank_requests(SHENYANG, {}, need=need(0), **by(city))
    with pytest.raises(refused.BlankRequestNotFoundError):
        actions.aggregate_blank_requests(
            SHENYANG, {request.pk: Grant(quantity=10)}, need=need(0, kind=BlankKind.SKILL_LEVEL), **by(city)
        )
    with pytest.raises(refused.BlankPlaceError):
        actions.aggregate_blank_requests(HEPING, {}, need=need(1), **by(officer(HEPING)))
    request.refresh_from_db()
    assert (request.state, request.granted) == (BlankRequestState.SUBMITTED, 10)


def test_needs_are_checked_when_they_are_stated():
    keeper = officer(HEPING)
    for quantity in (0, -1, 1_000_001):
        with pytest.raises(refused.BlankQuantityError):
            actions.request_blanks(HEPING, need(quantity), **by(keeper))
    with pytest.raises(refused.BlankDueError) as caught:
        actions.request_blanks(HEPING, need(1, due=dt.date(2026, 3, 19)), **by(keeper))
    assert "2026-03-19 早于今天（2026-03-20）" in sentence(caught.value)
    actions.request_blanks(HEPING, need(1, due=CLOCK.today()), **by(keeper))
    with pytest.raises(refused.BlankPlaceError):
        actions.request_blanks(LIAONING, need(1), **by(officer(LIAONING)))


def test_what_is_withdrawn_or_declined_lets_its_lines_be_summed_again():
    line = actions.request_blanks(HEPING, need(10), **by(officer(HEPING)))
    city, province = officer(SHENYANG), officer(LIAONING)
    for end in (
        lambda pk: actions.withdraw_blank_request(pk, reason="数量有误", **by(city)),
        lambda pk: actions.decline_blank_request(pk, reason="本季已停印", **by(province)),
    ):
        whole = actions.aggregate_blank_requests(
            SHENYANG, {line.pk: Grant(quantity=4, reason="核减")}, need=need(0), **by(city)
        )
        with pytest.raises(MoveNotAllowedError):
            actions.withdraw_blank_request(line.pk, reason="不要了", **by(officer(HEPING)))
        end(whole.pk)
        line.refresh_from_db()
        assert (line.state, line.parent, line.granted, line.reduction) == (
            BlankRequestState.SUBMITTED,
            None,
            10,
            "",
        )
    actions.withdraw_blank_request(line.pk, reason="不要了", **by(officer(HEPING)))
    with pytest.raises(MoveNotAllowedError):
        actions.supply_blanks(line.pk, [], **by(city))


def test_a_request_supplied_in_part_can_be_ended_with_a_reason():
    series()
    received("LN000001", "LN000100")
    request = actions.request_blanks(SHENYANG, need(10), **by(officer(SHENYANG)))
    province = officer(LIAONING)
    actions.supply_blanks(request.pk, [("LN000001", "LN000004")], **by(province))
    with pytest.raises(refused.BlankReasonMissingError):
        actions.decline_blank_request(request.pk, reason="　", **by(province))
    ended = actions.decline_blank_request(request.pk, reason="库存不足", **by(province))
    assert (ended.state, ended.supplied, ended.answer) == (BlankRequestState.ENDED, 4, "库存不足")


def test_the_queue_of_a_supplier_holds_what_it_can_act_on():
    stocked_line = actions.request_blanks(HEPING, need(10), **by(officer(HEPING)))
    city, province = officer(SHENYANG), officer(LIAONING)
    assert list(requests_awaiting(city)) == [stocked_line]
    assert list(requests_awaiting(province)) == []
    whole = actions.aggregate_blank_requests(
        SHENYANG, {stocked_line.pk: Grant(quantity=10)}, need=need(0), **by(city)
    )
    assert list(requests_awaiting(city)) == []
    assert list(requests_awaiting(province)) == [whole]
    series()
    received("LN000001", "LN000100")
    actions.supply_blanks(whole.pk, [("LN000001", "LN000010")], **by(province))
    assert list(requests_awaiting(city)) == [stocked_line]
    assert list(requests_awaiting(province)) == []


# --- duties and places ---------------------------------------------------------------------------


def test_every_step_needs_its_duty_at_its_place():
    stocked()
    request = actions.request_blanks(SHENHE, need(5), **by(officer(SHENHE)))
    write_off = actions.spoil_blanks("LN000020", "", reason="卡纸", **by(officer(HEPING)))
    (certificate,) = certificates()
    steps = [
        (KEEP, HEPING, lambda who: actions.request_blanks(HEPING, need(1), **who)),
        (KEEP, SHENHE, lambda who: actions.withdraw_blank_request(request.pk, reason="一", **who)),
        (
            SUPPLY,
            SHENYANG,
            lambda who: actions.aggregate_blank_requests(SHENYANG, {}, need=need(1), **who),
        ),
        (SUPPLY, SHENYANG, lambda who: actions.decline_blank_request(request.pk, reason="一", **who)),
        (SUPPLY, SHENYANG, lambda who: actions.supply_blanks(request.pk, [("LN000030", "")], **who)),
        (
            SUPPLY,
            LIAONING,
            lambda who: actions.open_blank_series(
                LIAONING, SeriesDetails(kind=BlankKind.ABILITY, prefix="ZZ", width=8), **who
            ),
        ),
        (
            SUPPLY,
            LIAONING,
            lambda who: actions.receive_blanks("LN000900", "LN000901", reference="一", **who),
        ),
        (KEEP, HEPING, lambda who: actions.return_blanks("LN000001", "", reason="一", **who)),
        (KEEP, HEPING, lambda who: actions.use_blank(certificate.number, Source(serial="LN000001"), **who)),
        (KEEP, HEPING, lambda who: actions.spoil_blanks("LN000001", "", reason="一", **who)),
        (WITNESS, HEPING, lambda who: actions.confirm_write_off(write_off.pk, **who)),
        (WITNESS, HEPING, lambda who: actions.reject_write_off(write_off.pk, opinion="一", **who)),
        (
            KEEP,
            HEPING,
            lambda who: actions.report_lost_blanks("LN000001", "", reason="一", statement="", **who),
        ),
    ]
    for duty, place, act in steps:
        others = [one for one in (KEEP, SUPPLY, WITNESS, "certificates.read") if one != duty]
        for wrong in (officer(place, *others), officer(SHANDONG), officer("210104")):
            before = last_entry(), BlankMovement.objects.count()
            with pytest.raises((DutyMissingError, refused.BlankNotYoursError)):
                act(by(wrong))
            assert (last_entry(), BlankMovement.objects.count()) == before
        with transaction.atomic():
            before = last_entry()
            act(by(officer(place, duty)))
            assert len(entries_since(before)) == 1, duty
            transaction.set_rollback(True)


def test_officers_of_another_place_see_none_of_it():
    stocked()
    actions.request_blanks(HEPING, need(5), **by(officer(HEPING)))
    actions.spoil_blanks("LN000001", "", reason="卡纸", **by(officer(HEPING)))
    foreign = officer(WEIHAI)
    assert list(requests_within(foreign)) == []
    assert list(requests_awaiting(foreign)) == []
    assert list(stocks_within(foreign)) == []
    assert list(ledger_within(foreign)) == []
    assert list(write_offs_awaiting(foreign)) == []
    assert balances(foreign) == ()
    neighbour = officer(SHENHE)
    assert list(stocks_within(neighbour)) == []
    own = officer(HEPING)
    assert [stock.place for stock in stocks_within(own)] == [HEPING]
    assert {one.kind for one in ledger_within(own)} == {MovementKind.SUPPLIED, MovementKind.SPOILED}


# --- serials on paper ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "width", "taken"),
    [
        ("LN", 6, True),
        ("LN0", 5, True),
        ("L", 7, False),
        ("", 8, False),
        ("LN", 7, False),
        ("LN2026", 2, True),
        ("LNA", 5, False),
    ],
)
def test_no_printed_serial_belongs_to_two_series(prefix, width, taken):
    series()
    if taken:
        with pytest.raises(refused.BlankSeriesTakenError):
            series(prefix=prefix, width=width)
    else:
        series(prefix=prefix, width=width)


@pytest.mark.parametrize(("prefix", "width"), [("辽", 6), ("L-N", 6), ("LN", 0), ("LN", 13), ("L" * 13, 6)])
def test_a_series_that_cannot_be_printed_is_refused(prefix, width):
    with pytest.raises(refused.BlankSeriesInvalidError):
        series(prefix=prefix, width=width)
    with pytest.raises(refused.BlankPlaceError):
        series(SHENYANG)


def test_serials_are_read_as_people_type_them():
    series()
    received("\uff4c\uff4e\uff10\uff10\uff10\uff10\uff10\uff11", "LN 000010")
    for text, found in (
        ("LN00001", "不属于任何已登记的空白证书序列"),
        ("", "（未填）"),
        ("LN00000X", "不属于"),
        ("LN\u0660\u0660\u0660\u0660\u0660\u0661", "不属于"),
    ):
        with pytest.raises(refused.BlankSerialUnreadableError) as caught:
            actions.spoil_blanks(text, "", reason="卡纸", **by(officer(LIAONING)))
        assert found in sentence(caught.value)
    with pytest.raises(refused.BlankSpanBackwardsError):
        actions.spoil_blanks("LN000005", "LN000004", reason="卡纸", **by(officer(LIAONING)))


def test_what_came_from_the_printer_comes_once():
    series()
    received("LN000001", "LN000100")
    for first, last in (("LN000100", "LN000101"), ("LN000001", "LN000100"), ("LN000050", "")):
        with pytest.raises(refused.BlankAlreadyReceivedError):
            received(first, last)
    received("LN000101", "LN000200")
    assert [proof.received for proof in proofs(BlankSeries.objects.all())] == [200]


# --- certificates --------------------------------------------------------------------------------


def test_a_certificate_takes_the_serial_that_was_typed_or_the_next_one():
    stocked()
    keeper = officer(HEPING)
    first, second, third = certificates(3)
    actions.use_blank(first.number, Source(serial="LN000003"), **by(keeper))
    (near, *_) = choices_for(second, keeper)
    assert (near.next_serial, near.count) == ("LN000001", 19)
    actions.use_blank(second.number, Source(stock_id=near.stock_id), **by(keeper))
    actions.use_blank(third.number, Source(stock_id=near.stock_id), **by(keeper))
    assert [current_sheet(one) for one in (first, second, third)] == ["LN000003", "LN000001", "LN000002"]
    assert first.number != current_sheet(first)
    with pytest.raises(refused.BlankBoundAlreadyError) as caught:
        actions.use_blank(first.number, Source(serial="LN000004"), **by(keeper))
    assert "已使用空白证书 LN000003" in sentence(caught.value)
    (other,) = certificates()
    with pytest.raises(refused.BlankSerialMissingError):
        actions.use_blank(other.number, Source(), **by(keeper))
    with pytest.raises(refused.BlankStockNotFoundError):
        actions.use_blank(other.number, Source(stock_id=0), **by(keeper))


def test_serials_that_cannot_be_used_are_refused_with_what_is_the_matter():
    stocked()
    keeper = officer(HEPING)
    first, second = certificates(2)
    actions.use_blank(first.number, Source(serial="LN000001"), **by(keeper))
    actions.spoil_blanks("LN000002", "", reason="卡纸", **by(keeper))
    supplied(SHENHE, "LN000021", "LN000030", 10)
    province = officer(LIAONING)
    for serial, error, words in (
        ("LN000001", refused.BlankUsedError, "LN000001 已在和平区使用"),
        ("LN000002", refused.BlankVoidError, "现为“损毁待见证”（和平区）"),
        ("LN000025", refused.BlankElsewhereError, "现由沈河区保管"),
        ("LN000999", refused.BlankNeverReceivedError, "LN000999 从未入库"),
        ("AB000001", refused.BlankSerialUnreadableError, "不属于任何已登记"),
    ):
        with pytest.raises(error) as caught:
            actions.use_blank(second.number, Source(serial=serial), **by(province))
        assert words in sentence(caught.value)
    assert current_sheet(second) == ""
    actions.annul_certificate(
        second.number,
        reason="核查",
        actor=officer(SHENYANG, "certificates.annul"),
        clock=CLOCK,
    )
    with pytest.raises(refused.BlankNotForAnnulledError):
        actions.use_blank(second.number, Source(serial="LN000005"), **by(keeper))
    with pytest.raises(refused.CertificateNotFoundError):
        actions.use_blank("X", Source(serial="LN000005"), **by(keeper))


def test_a_district_may_print_on_its_citys_blanks_but_not_on_a_neighbours():
    stocked()
    (certificate,) = certificates()
    city = officer(SHENYANG)
    actions.use_blank(certificate.number, Source(serial="LN000040"), **by(city))
    assert where("LN000040") == (SHENYANG, Shelf.USED)


def test_a_sheet_spoiled_in_printing_is_exchanged_and_both_stay_in_the_history():
    stocked()
    keeper, (certificate,) = officer(HEPING), certificates()
    actions.use_blank(certificate.number, Source(serial="LN000001"), **by(keeper))
    with pytest.raises(refused.BlankReasonMissingError):
        actions.exchange_spoiled_blank(certificate.number, Source(serial="LN000002"), reason="", **by(keeper))
    before = last_entry()
    actions.exchange_spoiled_blank(
        certificate.number, Source(serial="LN000002"), reason="墨粉脱落", **by(keeper)
    )
    (entry,) = entries_since(before)
    assert (entry.event, entry.facts["spoiled"]) == ("certificates.blank_exchanged", "LN000001")
    number = certificate.number
    certificate.refresh_from_db()
    assert (certificate.number, current_sheet(certificate)) == (number, "LN000002")
    assert [(step.serial, step.kind, step.reason) for step in sheets_of(certificate)] == [
        ("LN000001", "使用", ""),
        ("LN000001", "登记损毁", "墨粉脱落"),
        ("LN000002", "使用", ""),
    ]
    assert where("LN000001") == (HEPING, Shelf.SPOILING)
    write_off = BlankWriteOff.objects.get()
    with pytest.raises(refused.BlankBoundAlreadyError):
        actions.reject_write_off(write_off.pk, opinion="仍可用", **by(officer(HEPING)))
    (other,) = certificates()
    with pytest.raises(refused.BlankNotBoundError):
        actions.exchange_spoiled_blank(other.number, Source(serial="LN000005"), reason="卡纸", **by(keeper))


def test_a_lost_sheet_is_replaced_under_the_same_number():
    stocked()
    keeper, (certificate,) = officer(HEPING), certificates()
    actions.use_blank(certificate.number, Source(serial="LN000001"), **by(keeper))
    actions.report_lost_blanks("LN000001", "", reason="持证人遗失", statement="声明作废", **by(keeper))
    actions.use_blank(certificate.number, Source(serial="LN000002"), **by(keeper))
    assert [step.serial for step in sheets_of(certificate)] == ["LN000001", "LN000001", "LN000002"]
    assert current_sheet(certificate) == "LN000002"


def test_a_whole_sitting_is_put_on_consecutive_blanks():
    stocked()
    keeper, sheet = officer(HEPING), certificates(5)
    actions.use_blank(sheet[1].number, Source(serial="LN000019"), **by(keeper))
    sitting = sheet[0].enrolment.sitting_id
    with pytest.raises(refused.BlankUsedError):
        actions.use_blanks_for_sitting(sitting, "LN000017", **by(keeper))
    with pytest.raises(refused.BlankElsewhereError):
        actions.use_blanks_for_sitting(sitting, "LN000020", **by(keeper))
    before = last_entry()
    assert actions.use_blanks_for_sitting(sitting, "LN000004", **by(keeper)) == (
        "LN000004", "LN000005", "LN000006", "LN000007",
    )  # fmt: skip
    assert len(entries_since(before)) == 1
    assert [current_sheet(one) for one in sheet] == [
        "LN000004", "LN000019", "LN000005", "LN000006", "LN000007",
    ]  # fmt: skip
    with pytest.raises(refused.NothingToPrintError):
        actions.use_blanks_for_sitting(sitting, "LN000010", **by(keeper))


def test_blanks_of_a_body_are_for_its_own_certificates_and_come_back_to_the_office():
    stocked()
    keeper, (certificate,) = officer(HEPING), certificates()
    other, far = filed_body(HEPING), filed_body("440605")
    with pytest.raises(refused.BlankRecipientError):
        actions.hand_out_blanks(HEPING, far.pk, "LN000001", "", **by(keeper))
    actions.hand_out_blanks(HEPING, other.pk, "LN000001", "LN000005", **by(keeper))
    with pytest.raises(refused.BlankElsewhereError) as caught:
        actions.use_blank(certificate.number, Source(serial="LN000001"), **by(keeper))
    assert other.name in sentence(caught.value)
    actions.hand_out_blanks(HEPING, certificate.body_id, "LN000006", "LN000008", **by(keeper))
    actions.use_blank(certificate.number, Source(serial="LN000006"), **by(keeper))
    actions.return_blanks("LN000001", "LN000005", reason="不再开考", **by(keeper))
    assert BlankStock.objects.get(place=HEPING, body=other).ranges.count() == 0
    assert [row.difference for row in balances(officer(LIAONING))] == [0] * 5
    assert faults() == ()


def test_blanks_go_back_one_level_and_not_from_the_province():
    stocked()
    actions.return_blanks("LN000001", "LN000005", reason="停考", **by(officer(HEPING)))
    assert where("LN000001") == (SHENYANG, Shelf.ON_HAND)
    actions.return_blanks("LN000001", "LN000005", reason="停考", **by(officer(SHENYANG)))
    assert where("LN000001") == (LIAONING, Shelf.ON_HAND)
    with pytest.raises(refused.BlankPlaceError):
        actions.return_blanks("LN000001", "", reason="停考", **by(officer(LIAONING)))


# --- two persons ---------------------------------------------------------------------------------


def test_spoiled_and_destroyed_need_a_second_person():
    stocked()
    keeper, witness = officer(HEPING), officer(SHENYANG, WITNESS, name="见证人乙")
    write_off = actions.spoil_blanks("LN000001", "LN000003", reason="受潮", **by(keeper))
    assert where("LN000002") == (HEPING, Shelf.SPOILING)
    assert list(write_offs_awaiting(keeper)) == []
    assert list(write_offs_awaiting(witness)) == [write_off]
    with pytest.raises(refused.BlankWitnessIsKeeperError):
        actions.confirm_write_off(write_off.pk, **by(keeper))
    with pytest.raises(refused.BlankVoidError):
        actions.destroy_blanks("LN000001", "LN000003", reason="到期", **by(keeper))
    done = actions.confirm_write_off(write_off.pk, opinion="属实", **by(witness))
    assert (done.state, done.witness_name) == (WriteOffState.CONFIRMED, "见证人乙")
    with pytest.raises(MoveNotAllowedError):
        actions.confirm_write_off(write_off.pk, **by(witness))
    burnt = actions.destroy_blanks("LN000001", "LN000002", reason="集中销毁", **by(keeper))
    assert where("LN000001") == (HEPING, Shelf.DESTROYING)
    actions.confirm_write_off(burnt.pk, **by(witness))
    assert (where("LN000001")[1], where("LN000003")[1]) == (Shelf.DESTROYED, Shelf.SPOILED)
    with pytest.raises(refused.BlankVoidError) as caught:
        actions.spoil_blanks("LN000001", "", reason="卡纸", **by(keeper))
    assert "已销毁" in sentence(caught.value)


def test_a_witness_who_finds_otherwise_puts_the_sheets_back():
    stocked()
    keeper, witness = officer(HEPING), officer(HEPING)
    (certificate,) = certificates()
    actions.use_blank(certificate.number, Source(serial="LN000001"), **by(keeper))
    for serial in ("LN000001", "LN000002"):
        write_off = actions.spoil_blanks(serial, "", reason="卡纸", **by(keeper))
        with pytest.raises(refused.BlankReasonMissingError):
            actions.reject_write_off(write_off.pk, opinion=" ", **by(witness))
        actions.reject_write_off(write_off.pk, opinion="纸张完好", **by(witness))
    assert where("LN000001") == (HEPING, Shelf.USED)
    assert where("LN000002") == (HEPING, Shelf.ON_HAND)
    assert current_sheet(certificate) == "LN000001"
    assert faults() == ()


def test_a_run_of_mixed_conditions_is_written_off_in_parts():
    stocked()
    keeper = officer(HEPING)
    actions.report_lost_blanks("LN000002", "", reason="盘点不见", statement="", **by(keeper))
    with pytest.raises(refused.BlankConditionError) as caught:
        actions.spoil_blanks("LN000001", "LN000003", reason="受潮", **by(keeper))
    assert "库存、遗失作废" in sentence(caught.value)


def test_lost_blanks_are_void_and_public():
    stocked()
    keeper = officer(HEPING)
    with pytest.raises(refused.BlankReasonMissingError):
        actions.report_lost_blanks("LN000001", "LN000002", reason="", statement="", **by(keeper))
    loss = actions.report_lost_blanks(
        "LN000001", "LN000002", reason="搬迁途中遗失，已报警", statement="声明作废。", **by(keeper)
    )
    assert list(published_losses()) == [loss]
    assert list(published_losses(serial="LN000002")) == [loss]
    assert list(published_losses(serial="LN000003")) == []
    assert list(published_losses(serial="没有这样的号")) == []
    assert list(published_losses(place=SHENYANG)) == [loss]
    assert list(published_losses(place=WEIHAI)) == []
    with pytest.raises(refused.BlankVoidError):
        actions.return_blanks("LN000001", "", reason="停考", **by(keeper))
    write_off = actions.spoil_blanks("LN000001", "", reason="找回", **by(keeper))
    actions.confirm_write_off(write_off.pk, **by(officer(HEPING)))
    assert list(published_losses(serial="LN000001")) == [loss], "void stays void"


# --- the database ---------------------------------------------------------------------------------


def test_the_database_refuses_a_serial_in_two_places():
    stocked()
    city = BlankStock.objects.get(place=SHENYANG)
    with pytest.raises(IntegrityError, match="blank_in_one_place_only"), transaction.atomic():
        BlankRange.objects.create(series=city.series, span=NumericRange(5, 6), stock=city)


def test_the_database_refuses_to_change_the_ledger():
    stocked()
    for change in (
        lambda: BlankMovement.objects.update(reason="改"),
        lambda: BlankMovement.objects.all()._raw_delete("default"),
    ):
        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            change()


def test_the_database_refuses_a_witness_who_is_the_keeper():
    stocked()
    write_off = actions.spoil_blanks("LN000001", "", reason="卡纸", **by(officer(HEPING)))
    with pytest.raises(IntegrityError, match="blank_two_persons"), transaction.atomic():
        BlankWriteOff.objects.update(witness_id=write_off.keeper_id, state=WriteOffState.CONFIRMED)


def test_the_proof_finds_what_is_missing_unknown_or_astray():
    stocked()
    (proof,) = proofs(BlankSeries.objects.all())
    assert (proof.received, proof.placed, proof.holds) == (100, 100, True)
    held = BlankRange.objects.get(stock__place=HEPING)
    with transaction.atomic():
        BlankRange.objects.filter(pk=held.pk).update(span=NumericRange(1, 18))
        (found,) = faults()
        assert found.missing == ("LN000018—LN000020",)
        assert [row.difference for row in balances(officer(HEPING))] == [3]
        transaction.set_rollback(True)
    with transaction.atomic():
        BlankRange.objects.create(series=held.series, span=NumericRange(500, 501), stock=held.stock)
        (found,) = faults()
        assert (found.unknown, found.astray) == (("LN000500",), ("LN000500",))
        transaction.set_rollback(True)
    with transaction.atomic():
        BlankRange.objects.filter(pk=held.pk).update(shelf=Shelf.DESTROYED)
        (found,) = faults()
        assert (found.missing, found.astray) == ((), ("LN000001—LN000020",))
        transaction.set_rollback(True)
    with transaction.atomic():
        BlankRange.objects.filter(pk=held.pk).update(stock=BlankStock.objects.get(place=SHENYANG))
        (found,) = faults()
        assert found.astray == ("LN000001—LN000020",)
        assert [row.difference for row in balances(officer(SHENYANG))] == [-20, 20]
        transaction.set_rollback(True)
    assert faults() == ()


# --- any sequence of steps -----------------------------------------------------------------------

_LAST = 12
_PLACES = (LIAONING, SHENYANG, HEPING, SHENHE)
_ABOVE = {SHENYANG: LIAONING, HEPING: SHENYANG, SHENHE: SHENYANG}
_MEANT_FOR = {
    "receive": ("",),
    "supply": (Shelf.ON_HAND,),
    "return": (Shelf.ON_HAND,),
    "spoil": (Shelf.ON_HAND, Shelf.USED, Shelf.LOST),
    "destroy": (Shelf.SPOILED,),
    "lose": (Shelf.ON_HAND, Shelf.USED, Shelf.SPOILED),
    "use": (Shelf.ON_HAND,),
}
_verbs = (
    "receive", "supply", "supply", "return", "spoil", "spoil", "destroy", "lose", "use", "use", "confirm",
    "confirm", "reject",
)  # fmt: skip
_steps = st.tuples(
    st.sampled_from(_verbs),
    st.integers(0, 40),  # which run of like serials
    st.integers(0, 3),  # from which of its serials
    st.sampled_from((1, 1, 2, 3, 6)),  # how many, beyond its end too
    st.integers(0, 5),  # which place, certificate or write-off
)


class Books:
    """What ought to be: each serial's place and condition, by the plainest means."""

    def __init__(self):
        self.at = {}
        self.bound = {}
        self.open = []

    def run(self, which, skip, count, shelves=()):
        """Return a stretch that begins in one of the runs of like serials, in a fitting one if there is."""
        starts = [n for n in range(1, _LAST + 1) if n == 1 or self.at.get(n) != self.at.get(n - 1)]
        fitting = [n for n in starts if self.at.get(n, ("", ""))[1] in shelves] or starts
        first = min(fitting[which % len(fitting)] + skip % max(1, count), _LAST)
        return first, min(first + count - 1, _LAST)

    def conditions(self, span):
        return {self.at.get(serial, ("", "")) for serial in range(span[0], span[1] + 1)}

    def alone(self, span, *shelves):
        """Return the place if the whole run lies in one place in one of the conditions, else nothing."""
        found = self.conditions(span)
        if len(found) != 1:
            return ""
        ((place, shelf),) = found
        is_single = span[0] == span[1]
        return place if shelf in shelves and (shelf != Shelf.USED or is_single) else ""

    def put(self, span, place, shelf):
        for serial in range(span[0], span[1] + 1):
            self.at[serial] = (place, shelf)


def _text(serial):
    return f"LN{serial:06d}"


def _carry_out(books, step, sheets):
    """Do one step by the action and in the books; return whether it was lawful by the books."""
    verb, which, skip, length, more = step
    span = books.run(which, skip, 1 if verb == "use" else length, _MEANT_FOR.get(verb, ()))
    ends = (_text(span[0]), _text(span[1]))
    keeper, witness = officer(LIAONING, key="1"), officer(LIAONING, key="2")
    if verb == "receive":
        is_lawful = books.conditions(span) == {("", "")}
        _try(lambda: received(*ends), is_lawful, verb)
        if is_lawful:
            books.put(span, LIAONING, Shelf.ON_HAND)
    elif verb == "supply":
        to = _PLACES[1 + more % 3]
        is_lawful = books.alone(span, Shelf.ON_HAND) == _ABOVE[to]
        _try(lambda: supplied(to, *ends, span[1] - span[0] + 1), is_lawful, verb)
        if is_lawful:
            books.put(span, to, Shelf.ON_HAND)
    elif verb == "return":
        place = books.alone(span, Shelf.ON_HAND)
        is_lawful = place in _ABOVE
        _try(lambda: actions.return_blanks(*ends, reason="退", **by(keeper)), is_lawful, verb)
        if is_lawful:
            books.put(span, _ABOVE[place], Shelf.ON_HAND)
    elif verb in {"spoil", "destroy"}:
        shelves = (Shelf.ON_HAND, Shelf.USED, Shelf.LOST) if verb == "spoil" else (Shelf.SPOILED,)
        act = actions.spoil_blanks if verb == "spoil" else actions.destroy_blanks
        place = books.alone(span, *shelves)
        is_lawful = bool(place)
        done = _try(lambda: act(*ends, reason="损", **by(keeper)), is_lawful, verb)
        if is_lawful:
            number = books.bound.get(span[0]) if books.at[span[0]][1] == Shelf.USED else None
            books.open.append((done.pk, span, books.at[span[0]], verb, number))
            books.put(span, place, Shelf.SPOILING if verb == "spoil" else Shelf.DESTROYING)
    elif verb == "lose":
        place = books.alone(span, Shelf.ON_HAND, Shelf.USED, Shelf.SPOILED)
        is_lawful = bool(place)
        _try(
            lambda: actions.report_lost_blanks(*ends, reason="失", statement="", **by(keeper)),
            is_lawful,
            verb,
        )
        if is_lawful:
            books.put(span, place, Shelf.LOST)
    elif verb == "use":
        certificate = sheets[more % len(sheets)]
        place = books.alone(span, Shelf.ON_HAND)
        is_bound = any(
            number == certificate.number and books.at[serial][1] == Shelf.USED
            for serial, number in books.bound.items()
        )
        is_lawful = place in {LIAONING, SHENYANG, HEPING} and not is_bound
        source = Source(serial=ends[0])
        _try(lambda: actions.use_blank(certificate.number, source, **by(keeper)), is_lawful, verb)
        if is_lawful:
            books.put(span, place, Shelf.USED)
            books.bound[span[0]] = certificate.number
    elif books.open:
        pk, held, (place, shelf), kind, number = books.open[more % len(books.open)]
        is_bound = number is not None and any(
            one == number and books.at[serial][1] == Shelf.USED for serial, one in books.bound.items()
        )
        is_lawful = verb == "confirm" or not is_bound
        if verb == "confirm":
            _try(lambda: actions.confirm_write_off(pk, **by(witness)), is_lawful, verb)
            books.put(held, place, Shelf.SPOILED if kind == "spoil" else Shelf.DESTROYED)
        else:
            _try(lambda: actions.reject_write_off(pk, opinion="否", **by(witness)), is_lawful, verb)
            if is_lawful:
                books.put(held, place, shelf)
        if is_lawful:
            books.open = [one for one in books.open if one[0] != pk]


def _try(act, is_lawful, verb):
    event(f"{verb}: {'done' if is_lawful else 'refused'}")
    if is_lawful:
        return act()
    movements = BlankMovement.objects.count()
    with pytest.raises(DomainError) as caught:
        act()
    assert not isinstance(caught.value, DutyMissingError)
    assert "操作未完成" not in sentence(caught.value)
    assert BlankMovement.objects.count() == movements
    return None


@settings(max_examples=15)
@given(steps=st.lists(_steps, min_size=15, max_size=40))
def test_any_sequence_of_steps_keeps_each_serial_in_exactly_one_place(steps):
    with transaction.atomic():
        series()
        sheets = certificates(4)
        books = Books()
        received("LN000001", "LN000006")
        books.put((1, 6), LIAONING, Shelf.ON_HAND)
        for step in steps:
            _carry_out(books, step, sheets)
        found = {
            serial: (one.stock.place, one.shelf)
            for one in BlankRange.objects.select_related("stock")
            for serial in range(one.span.lower, one.span.upper)
        }
        assert found == books.at
        assert all(row.difference == 0 for row in balances(officer(LIAONING)))
        assert faults() == ()
        transaction.set_rollback(True)


# --- two at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_officers_who_take_from_the_same_stock_at_once_never_get_the_same_serial():
    writers, each = 8, 4
    stocked(quantity=writers * each)
    sheets = certificates(writers * each)
    stock = BlankStock.objects.get(place=HEPING)
    start = threading.Barrier(writers)

    def take(mine):
        start.wait()
        try:
            for certificate in mine:
                actions.use_blank(certificate.number, Source(stock_id=stock.pk), **by(officer(HEPING)))
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(take, [sheets[n::writers] for n in range(writers)]))
    assert sorted(current_sheet(one) for one in sheets) == [_text(n + 1) for n in range(writers * each)]
    assert faults() == ()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_same_serial_one_gets_it():
    stocked()
    writers = 8
    sheets = certificates(writers)
    start = threading.Barrier(writers)

    def take(certificate):
        start.wait()
        try:
            actions.use_blank(certificate.number, Source(serial="LN000007"), **by(officer(HEPING)))
        except refused.BlankUsedError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        assert sorted(pool.map(take, sheets)) == [False] * (writers - 1) + [True]
    assert BlankMovement.objects.filter(kind=MovementKind.USED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_stock_that_leaves_while_others_use_it_is_counted_once():
    stocked()
    sheets = certificates(6)
    stock = BlankStock.objects.get(place=HEPING)
    start = threading.Barrier(8)

    def use(certificate):
        start.wait()
        try:
            actions.use_blank(certificate.number, Source(stock_id=stock.pk), **by(officer(HEPING)))
        finally:
            connection.close()

    def give_back(serial):
        start.wait()
        try:
            actions.return_blanks(serial, "", reason="停考", **by(officer(HEPING)))
        except refused.BlankUsedError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(use, one) for one in sheets]
        jobs += [pool.submit(give_back, serial) for serial in ("LN000002", "LN000020")]
        for job in jobs:
            job.result()
    assert len({current_sheet(one) for one in sheets}) == len(sheets)
    assert faults() == ()


def test_the_table_of_requests_only_leads_to_known_states():
    assert {move.to for move in BLANK_REQUEST_MOVES.values()} <= set(BlankRequestState)
    assert FixedClock.at(2026, 3, 20).today() == CLOCK.today()
    assert BlankRequest.objects.count() == BlankLoss.objects.count() == 0
