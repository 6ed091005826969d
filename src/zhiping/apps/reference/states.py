"""How directory editions and tracking tasks move on."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable

_DUTY = "reference.maintain"

DIRECTORY_MOVES: MoveTable = {
    ("drafted", "publish"): Move(to="published", duty=_DUTY, clauses=("JL17-2a", "JL17-2b")),
}

TRACKING_MOVES: MoveTable = {
    ("open", "answer"): Move(to="answered", duty=_DUTY, clauses=("JL17-1d",)),
}

HANDOVER_MOVES: MoveTable = {
    ("drafted", "hand_over"): Move(to="handed_over", duty=_DUTY, clauses=("GD18-3", "JL17-3a")),
    ("drafted", "drop"): Move(to="dropped", duty=_DUTY),
    ("handed_over", "reverse"): Move(to="reversed", duty=_DUTY, clauses=("GD18-3", "JL17-3a")),
}

CANCELLATION_MOVES: MoveTable = {
    ("open", "close"): Move(to="closed", duty=_DUTY, clauses=("JL17-4",)),
    ("open", "drop"): Move(to="dropped", duty=_DUTY),
    ("closed", "reopen"): Move(to="open", duty=_DUTY, clauses=("JL17-4",)),
}
"""(state, verb) → move of a cancellation case (取消事项善后)."""


class SpecificationState(models.TextChoices):
    """Where a specification of an ability project (考核规范) stands."""

    DRAFTED = "drafted", "编写中"
    SUBMITTED = "submitted", "已报区市，待初审"
    DISTRICT_PASSED = "district_passed", "已报市，待审核"
    CITY_PASSED = "city_passed", "已报省，待论证"
    ARGUED = "argued", "论证通过，待部备案"
    FILED = "filed", "已备案，待纳入目录"
    PUBLISHED = "published", "已纳入目录"
    RETURNED = "returned", "退回修改"
    REFUSED = "refused", "不予采用"


_S = SpecificationState
_DISTRICT, _CITY, _PROVINCE = (
    "reference.solicit_specification",
    "reference.review_specification",
    "reference.argue_specification",
)
_WAY = ("WH21-4",)

SPECIFICATION_MOVES: MoveTable = {
    (_S.DRAFTED, "submit"): Move(to=_S.SUBMITTED, duty=_DISTRICT, clauses=_WAY),
    (_S.RETURNED, "submit"): Move(to=_S.SUBMITTED, duty=_DISTRICT, clauses=_WAY),
    (_S.SUBMITTED, "pass_district"): Move(to=_S.DISTRICT_PASSED, duty=_DISTRICT, clauses=_WAY),
    (_S.SUBMITTED, "return"): Move(to=_S.RETURNED, duty=_DISTRICT, clauses=_WAY),
    (_S.SUBMITTED, "refuse"): Move(to=_S.REFUSED, duty=_DISTRICT, clauses=_WAY),
    (_S.DISTRICT_PASSED, "pass_city"): Move(to=_S.CITY_PASSED, duty=_CITY, clauses=_WAY),
    (_S.DISTRICT_PASSED, "return"): Move(to=_S.RETURNED, duty=_CITY, clauses=_WAY),
    (_S.DISTRICT_PASSED, "refuse"): Move(to=_S.REFUSED, duty=_CITY, clauses=_WAY),
    (_S.CITY_PASSED, "pass_argument"): Move(to=_S.ARGUED, duty=_PROVINCE, clauses=_WAY),
    (_S.CITY_PASSED, "return"): Move(to=_S.RETURNED, duty=_PROVINCE, clauses=_WAY),
    (_S.CITY_PASSED, "refuse"): Move(to=_S.REFUSED, duty=_PROVINCE, clauses=_WAY),
    (_S.ARGUED, "file"): Move(to=_S.FILED, duty=_PROVINCE, clauses=_WAY),
    (_S.ARGUED, "return"): Move(to=_S.RETURNED, duty=_PROVINCE, clauses=_WAY),
    (_S.ARGUED, "refuse"): Move(to=_S.REFUSED, duty=_PROVINCE, clauses=_WAY),
    (_S.FILED, "publish"): Move(to=_S.PUBLISHED, duty=_CITY, clauses=("WH21-1", "WH21-4")),
}
"""(state, verb) → move; a returned specification goes the whole way again."""

LEVEL_OF_DUTY = {_DISTRICT: "district", _CITY: "city", _PROVINCE: "province"}
"""Duty → the level of place at which it must be held: a district's officer does not act for the city."""

EDITABLE = frozenset({_S.DRAFTED, _S.RETURNED})
