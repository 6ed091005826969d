"""States and moves of filings and of bodies in the register."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable


class FilingState(models.TextChoices):
    """Where a filing (备案) stands."""

    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "已提交，待区级初审"
    DISTRICT_PASSED = "district_passed", "初审通过，待市级审核"
    CITY_PASSED = "city_passed", "审核通过，待实地核查"
    VERIFIED = "verified", "核查通过，待公示"
    IN_NOTICE = "in_notice", "公示中"
    CONFIRMED = "confirmed", "已确认入目录"
    RETURNED = "returned", "退回补正"
    REFUSED = "refused", "不予备案"
    WITHDRAWN = "withdrawn", "已撤回"


class BodyState(models.TextChoices):
    """How an evaluation body stands in the register (评价机构目录)."""

    APPLICANT = "applicant", "未入目录"
    FILED = "filed", "在目录"
    SUSPENDED = "suspended", "停止评价"
    REMOVED = "removed", "已移出目录"
    LEFT = "left", "已自行退出"


_S = FilingState
_REVIEW = ("LN24-2.1a", "FS20-4.1")

FILING_MOVES: MoveTable = {
    (_S.DRAFT, "submit"): Move(to=_S.SUBMITTED, clauses=("LN24-2.1a", "FS20-3.2")),
    (_S.RETURNED, "submit"): Move(to=_S.SUBMITTED, clauses=("LN24-2.1a", "FS20-3.2")),
    (_S.DRAFT, "withdraw"): Move(to=_S.WITHDRAWN),
    (_S.RETURNED, "withdraw"): Move(to=_S.WITHDRAWN),
    (_S.SUBMITTED, "withdraw"): Move(to=_S.WITHDRAWN),
    (_S.SUBMITTED, "pass_district"): Move(
        to=_S.DISTRICT_PASSED, duty="registry.review_district", clauses=_REVIEW
    ),
    (_S.SUBMITTED, "return"): Move(to=_S.RETURNED, duty="registry.review_district", clauses=_REVIEW),
    (_S.DISTRICT_PASSED, "pass_city"): Move(to=_S.CITY_PASSED, duty="registry.review_city", clauses=_REVIEW),
    (_S.DISTRICT_PASSED, "return"): Move(to=_S.RETURNED, duty="registry.review_city", clauses=("LN24-2.1b",)),
    (_S.DISTRICT_PASSED, "refuse"): Move(to=_S.REFUSED, duty="registry.review_city", clauses=("LN24-2.1b",)),
    (_S.CITY_PASSED, "verify"): Move(to=_S.VERIFIED, duty="registry.verify_onsite", clauses=("LN24-2.1a",)),
    (_S.CITY_PASSED, "return"): Move(to=_S.RETURNED, duty="registry.review_city", clauses=("LN24-2.1b",)),
    (_S.CITY_PASSED, "refuse"): Move(to=_S.REFUSED, duty="registry.review_city", clauses=("LN24-2.1b",)),
    (_S.VERIFIED, "publish"): Move(to=_S.IN_NOTICE, duty="registry.publish_notice", clauses=("LN24-2.1a",)),
    (_S.IN_NOTICE, "confirm"): Move(
        to=_S.CONFIRMED, duty="registry.confirm", clauses=("LN24-2.1a", "FS20-4.3")
    ),
    (_S.IN_NOTICE, "refuse"): Move(to=_S.REFUSED, duty="registry.confirm", clauses=("LN24-2.1a",)),
}
"""(state, verb) → move; verbs without a duty belong to the applicant, whose ownership the action checks."""

_B = BodyState

BODY_MOVES: MoveTable = {
    (_B.APPLICANT, "enter"): Move(to=_B.FILED, duty="registry.confirm", clauses=("FS20-4.3",)),
    (_B.FILED, "enter"): Move(to=_B.FILED, duty="registry.confirm", clauses=("FS20-4.3",)),
    (_B.LEFT, "enter"): Move(to=_B.FILED, duty="registry.confirm", clauses=("FS20-4.3",)),
    (_B.REMOVED, "enter"): Move(to=_B.FILED, duty="registry.confirm", clauses=("FS20-4.3", "FS20-5.3")),
    (_B.FILED, "suspend"): Move(to=_B.SUSPENDED, duty="registry.suspend", clauses=("LN24-3.5c",)),
    (_B.SUSPENDED, "resume"): Move(to=_B.FILED, duty="registry.suspend", clauses=("LN24-3.5c",)),
    (_B.FILED, "remove"): Move(
        to=_B.REMOVED, duty="registry.remove", clauses=("LN24-3.5c", "FS20-5.2", "FS20-5.3")
    ),
    (_B.SUSPENDED, "remove"): Move(
        to=_B.REMOVED, duty="registry.remove", clauses=("LN24-3.5c", "FS20-5.2", "FS20-5.3")
    ),
    (_B.FILED, "leave"): Move(to=_B.LEFT),
    (_B.SUSPENDED, "leave"): Move(to=_B.LEFT),
}
"""(state, verb) → move of a body in the register."""

EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
OPEN = frozenset({_S.SUBMITTED, _S.DISTRICT_PASSED, _S.CITY_PASSED, _S.VERIFIED, _S.IN_NOTICE})
