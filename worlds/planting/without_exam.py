"""SCR-001: certificates without an exam or without passing results (不考试就发证)."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from worlds.planting.seat import Flavour, Seat, Spoil, Suits, any_sitting
from worlds.sittings import Sitting

_JUST_PASSED = Decimal("60.0")
_JUST_FAILED = Decimal("59.5")


def _flavour(note: str, spoil: Spoil, suits: Suits = any_sitting, *, is_violation: bool) -> Flavour:
    return Flavour(screen_id="SCR-001", is_violation=is_violation, note=note, spoil=spoil, suits=suits)


def _technician(sitting: Sitting) -> bool:
    return sitting.level in "21"


def _middle(sitting: Sitting) -> bool:
    return sitting.level == "4"


def _never_enrolled(seat: Seat) -> None:
    seat.is_enrolled = False
    seat.results.clear()
    seat.certificate["enrolment_id"] = None


def _no_results(seat: Seat) -> None:
    seat.results.clear()


def _just_failed(seat: Seat) -> None:
    seat.results[0]["score"] = _JUST_FAILED


def _all_just_failed(seat: Seat) -> None:
    for result in seat.results:
        result["score"] = _JUST_FAILED


def _absent(seat: Seat) -> None:
    seat.results[1] |= {"score": None, "absent": True}


def _last_subject_missing(seat: Seat) -> None:
    seat.results.pop()


def _score_missing(seat: Seat) -> None:
    seat.results[0]["score"] = None


def _issued_the_day_before(seat: Seat) -> None:
    seat.certificate["issued_on"] = seat.days_off(-1)


def _issued_on_the_day(seat: Seat) -> None:
    seat.certificate["issued_on"] = seat.day
    for result in seat.results:
        result["recorded_on"] = seat.day


def _recorded_on_the_day_of_issue(seat: Seat) -> None:
    for result in seat.results:
        result["recorded_on"] = seat.certificate["issued_on"]


def _higher_level(seat: Seat) -> None:
    seat.certificate["level"] = "3"


def _all_just_passed(seat: Seat) -> None:
    for result in seat.results:
        result["score"] = _JUST_PASSED


def _annulled_without_exam(seat: Seat) -> None:
    _never_enrolled(seat)
    seat.certificate["state"] = "annulled"


def _for_somebody_else(seat: Seat) -> None:
    seat.certificate["person_key"] = seat.stranger


def _late(seat: Seat) -> None:
    seat.certificate["issued_on"] += timedelta(days=20)


_violation = partial(_flavour, is_violation=True)
_near_miss = partial(_flavour, is_violation=False)

FLAVOURS = (
    _violation("从未报名即发证", _never_enrolled),
    _violation("报名后没有任何成绩即发证", _no_results),
    _violation("理论 59.5 分发证，差 0.5 分", _just_failed),
    _violation("各科均 59.5 分发证", _all_just_failed),
    _violation("实操缺考发证", _absent),
    _violation("缺实操成绩发证", _last_subject_missing, _middle),
    _violation("技师缺综合评审成绩发证", _last_subject_missing, _technician),
    _violation("理论成绩为空发证", _score_missing),
    _violation("开考前一日发证", _issued_the_day_before),
    _violation("考四级发三级证", _higher_level, _middle),
    _violation("考的是一人，证发给另一人", _for_somebody_else),
    _near_miss("没有报名的证书已经作废", _annulled_without_exam),
    _near_miss("各科恰好 60 分", _all_just_passed),
    _near_miss("技师三科恰好 60 分", _all_just_passed, _technician),
    _near_miss("考核当日发证", _issued_on_the_day),
    _near_miss("成绩上传当日发证", _recorded_on_the_day_of_issue),
    _near_miss("较晚发证", _late),
)
