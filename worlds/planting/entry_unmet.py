"""SCR-006: conditions of entry not met on the day of the sitting (不严格审核报考条件)."""

from functools import partial

from worlds.conditions import Condition
from worlds.occupations import OCCUPATIONS
from worlds.planting.seat import Allows, Flavour, Seat, Spoil
from worlds.sittings import Sitting


def _flavour(note: str, allows: Allows, spoil: Spoil, *, is_violation: bool) -> Flavour:
    return Flavour(
        screen_id="SCR-006", is_violation=is_violation, note=note, allows=allows, spoil=spoil, suits=_is_adult
    )


def _is_adult(sitting: Sitting) -> bool:
    return sitting.body.kind != "school"


def _after_prior(condition: Condition) -> bool:
    return bool(condition.months_since_prior) and not condition.title


def _by_work(condition: Condition) -> bool:
    return bool(condition.min_work_months) and not condition.prior_level


def _by_work_after_prior(condition: Condition) -> bool:
    return bool(condition.min_work_months and condition.months_since_prior)


def _by_age(condition: Condition) -> bool:
    return bool(condition.min_age)


def _by_education(condition: Condition) -> bool:
    return bool(condition.education) and not condition.prior_level


def _by_title(condition: Condition) -> bool:
    return bool(condition.title and condition.months_since_title)


def _to_third(condition: Condition) -> bool:
    return condition.level == "3" and _after_prior(condition)


def _prior_since(days: int) -> Spoil:
    def spoil(seat: Seat) -> None:
        issued = seat.months_ago(seat.condition.months_since_prior or 0, days)
        seat.enrolment["prior_issued_on"] = seat.prior[0]["issued_on"] = issued
        # Enough work, and not a month more: who has little time since the certificate has little work.
        seat.enrolment["work_months"] = seat.condition.min_work_months

    return spoil


def _prior_not_on_record(seat: Seat) -> None:
    seat.prior.clear()


def _prior_on_record_later(seat: Seat) -> None:
    seat.prior[0]["issued_on"] = seat.months_ago(seat.condition.months_since_prior or 0, 1)


def _prior_not_claimed(seat: Seat) -> None:
    seat.enrolment |= {"prior_level": None, "prior_issued_on": None}
    seat.prior.clear()


def _lower_prior(seat: Seat) -> None:
    seat.enrolment["prior_level"] = seat.prior[0]["level"] = "5"


def _work(short: int) -> Spoil:
    def spoil(seat: Seat) -> None:
        seat.enrolment["work_months"] = (seat.condition.min_work_months or 0) - short

    return spoil


def _born(days: int) -> Spoil:
    def spoil(seat: Seat) -> None:
        born = seat.months_ago(12 * (seat.condition.min_age or 0), days)
        seat.enrolment |= {"born_on": born, "work_months": None}
        for span in (*seat.insurance, *seat.dispatch):
            # Nobody of that age was insured years ago; those dispatched for a year are left as drawn.
            span["valid_from"] = max(span["valid_from"], seat.months_ago(13))

    return spoil


def _no_education(seat: Seat) -> None:
    seat.enrolment["education"] = "none"


def _lowest_education(seat: Seat) -> None:
    seat.enrolment["education"] = seat.condition.education[0]


def _title_since(days: int) -> Spoil:
    def spoil(seat: Seat) -> None:
        seat.enrolment["title_issued_on"] = seat.months_ago(seat.condition.months_since_title or 0, days)

    return spoil


def _no_title(seat: Seat) -> None:
    seat.enrolment |= {"title": "none", "title_issued_on": None}


def _higher_title(seat: Seat) -> None:
    seat.enrolment["title"] = "senior"


def _of_another_level(seat: Seat) -> None:
    generation, _, number = seat.condition.id.partition("/")
    other = "4" if seat.condition.level != "4" else "5"
    seat.enrolment["entry_condition"] = f"{generation}/{other}{number[1:]}"


def _unknown_condition(seat: Seat) -> None:
    seat.enrolment["entry_condition"] = f"{seat.condition.generation}/{seat.condition.level}-99"


def _work_not_stated(seat: Seat) -> None:
    seat.enrolment["work_months"] = None


def _prior_elsewhere(seat: Seat) -> None:
    code = seat.prior[0]["occupation_code"]
    seat.prior[0]["occupation_code"] = next(one.code for one in OCCUPATIONS if one.code != code)


def _first_of_level(condition: Condition) -> bool:
    return condition.id.endswith("-1")


_violation = partial(_flavour, is_violation=True)
_near_miss = partial(_flavour, is_violation=False)

FLAVOURS = (
    _violation("取得下一级证书差一日满年限", _after_prior, _prior_since(1)),
    _violation("所称证书不在案", _after_prior, _prior_not_on_record),
    _violation("证书实际核发晚于所称日期，年限不足", _after_prior, _prior_on_record_later),
    _violation("未取得应先取得的证书", _after_prior, _prior_not_claimed),
    _violation("持五级证书报考三级", _to_third, _lower_prior),
    _violation("累计工作差一个月", _by_work, _work(1)),
    _violation("取得下一级证书已满年限，累计工作差一个月", _by_work_after_prior, _work(1)),
    _violation("差一日满最低年龄", _by_age, _born(1)),
    _violation("学历不在可接受之列", _by_education, _no_education),
    _violation("取得职称差一日满年限", _by_title, _title_since(1)),
    _violation("没有所要求的职称", _by_title, _no_title),
    _violation("申报条件属于另一等级", _first_of_level, _of_another_level),
    _violation("申报条件编号不存在", _first_of_level, _unknown_condition),
    _violation("未填写累计工作年限", _by_work, _work_not_stated),
    _violation("先前证书属于另一职业", _after_prior, _prior_elsewhere),
    _near_miss("职称高于所要求的", _by_title, _higher_title),
    _near_miss("取得下一级证书恰好满年限", _after_prior, _prior_since(0)),
    _near_miss("累计工作恰好满月数", _by_work, _work(0)),
    _near_miss("取得下一级证书已满年限，累计工作恰好满月数", _by_work_after_prior, _work(0)),
    _near_miss("考核当日恰满最低年龄", _by_age, _born(0)),
    _near_miss("可接受学历中的第一种", _by_education, _lowest_education),
    _near_miss("取得职称恰好满年限", _by_title, _title_since(0)),
)
