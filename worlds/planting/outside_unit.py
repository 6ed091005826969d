"""SCR-004: candidates outside the unit (评价本单位以外的人员)."""

from datetime import date, timedelta
from functools import partial

from worlds.places import FOSHAN, SHENYANG
from worlds.planting.seat import Flavour, Seat, Spoil, Suits, untouched
from worlds.sittings import Sitting

_DISPATCH_MONTHS = 12
"""Months that Foshan asks of dispatched workers (FS20-T1): where a plant aims."""

_LIAONING_FROM = date(2024, 9, 30)
"""The day from which Liaoning's notice asks for people of the unit (LN24-2.2b)."""


def _employer(sitting: Sitting) -> bool:
    is_ruled = sitting.body.city is FOSHAN or sitting.day >= _LIAONING_FROM
    return sitting.body.kind == "employer" and is_ruled


def _in_foshan(sitting: Sitting) -> bool:
    return _employer(sitting) and sitting.body.city is FOSHAN


def _in_shenyang(sitting: Sitting) -> bool:
    return _employer(sitting) and sitting.body.city is SHENYANG


def _social_body(sitting: Sitting) -> bool:
    return sitting.body.kind == "social_body"


def _flavour(note: str, kind: str, spoil: Spoil, suits: Suits = _employer, *, is_violation: bool) -> Flavour:
    return Flavour(
        screen_id="SCR-004", is_violation=is_violation, note=note, spoil=spoil, suits=suits, kind=kind
    )


def _never_insured(seat: Seat) -> None:
    seat.insurance.clear()


def _insured_elsewhere(seat: Seat) -> None:
    seat.insurance[0]["body_id"] = seat.strangers[0].body_id


def _insured(first: int | None, last: int | None) -> Spoil:
    def spoil(seat: Seat) -> None:
        if first is not None:
            seat.insurance[0] |= {"valid_from": seat.days_off(first), "valid_to": None}
        if last is not None:
            seat.insurance[0]["valid_to"] = seat.days_off(last)

    return spoil


def _dispatched(days: int, months: int = _DISPATCH_MONTHS) -> Spoil:
    def spoil(seat: Seat) -> None:
        seat.dispatch[0] |= {"valid_from": seat.months_ago(months, days), "valid_to": None}

    return spoil


def _dispatch_ended(last: int) -> Spoil:
    def spoil(seat: Seat) -> None:
        seat.dispatch[0]["valid_to"] = seat.days_off(last)

    return spoil


def _dispatched_elsewhere(seat: Seat) -> None:
    seat.dispatch[0]["body_id"] = seat.strangers[1].body_id


def _renewed(gap: int) -> Spoil:
    """Dispatch for two years under two contracts, the second one from half a year ago."""

    def spoil(seat: Seat) -> None:
        renewal = seat.months_ago(6)
        second = seat.dispatch[0] | {"valid_from": renewal, "valid_to": None}
        seat.dispatch[0] |= {
            "valid_from": seat.months_ago(24),
            "valid_to": renewal - timedelta(days=gap),
        }
        seat.dispatch.append(second)

    return spoil


_violation = partial(_flavour, is_violation=True)
_near_miss = partial(_flavour, is_violation=False)

FLAVOURS = (
    _violation("职工从未参保", "staff", _never_insured),
    _violation("职工由其他单位参保", "staff", _insured_elsewhere),
    _violation("考核次日才参保", "staff", _insured(1, None)),
    _violation("参保截至考核当日（当日不含）", "staff", _insured(None, 0)),
    _violation("佛山：派遣差一日满 12 个月", "dispatched", _dispatched(1), _in_foshan),
    _violation("派遣截至考核当日（当日不含）", "dispatched", _dispatch_ended(0)),
    _violation("派遣到其他用工单位", "dispatched", _dispatched_elsewhere),
    _violation("学生在用人单位报考，未参保", "student", untouched),
    _violation("社会人员在用人单位报考，未参保", "public", untouched),
    _violation("佛山：派遣续签中断一日，续签后仅 6 个月", "dispatched", _renewed(1), _in_foshan),
    _near_miss("佛山：派遣续签首尾相接，累计 24 个月", "dispatched", _renewed(0), _in_foshan),
    _near_miss("参保自考核当日起", "staff", _insured(0, None)),
    _near_miss("参保至考核次日止", "staff", _insured(None, 1)),
    _near_miss("佛山：派遣恰好满 12 个月", "dispatched", _dispatched(0), _in_foshan),
    _near_miss("沈阳：派遣 3 个月（省里未规定期限）", "dispatched", _dispatched(0, 3), _in_shenyang),
    _near_miss("派遣至考核次日止", "dispatched", _dispatch_ended(1)),
    _near_miss("社会培训评价组织评价社会人员，无参保", "public", untouched, _social_body),
)
