"""States and moves of plans and sittings; closed lists of the exam day."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable


class PlanState(models.TextChoices):
    """Where an exam plan (考核计划) stands."""

    DRAFT = "draft", "编制中"
    DECLARED = "declared", "已报备，待受理"
    ACCEPTED = "accepted", "已受理"
    RETURNED = "returned", "退回修改"
    REFUSED = "refused", "不予受理"
    CANCELLED = "cancelled", "已取消"


class SittingState(models.TextChoices):
    """Where a sitting (场次) stands, from its plan to its certificates."""

    PLANNED = "planned", "待考"
    HELD = "held", "已考，待传成绩"
    RESULTS_IN = "results_in", "成绩已上传"
    IN_NOTICE = "in_notice", "成绩公示中"
    SUBMITTED = "submitted", "待考后审核"
    RETURNED = "returned", "审核退回"
    APPROVED = "approved", "审核通过，待发证"
    ISSUED = "issued", "已发证"
    CANCELLED = "cancelled", "已取消"


class Subject(models.TextChoices):
    """Subjects of an exam (科目)."""

    THEORY = "theory", "理论知识考试"
    PRACTICAL = "practical", "操作技能考核"
    COMPREHENSIVE = "comprehensive", "综合评审"


class Role(models.TextChoices):
    """Who does what at a sitting; supervisors never assess."""

    ASSESSOR = "assessor", "考评员"
    INTERNAL_SUPERVISOR = "internal_supervisor", "内部质量督导员"
    EXTERNAL_SUPERVISOR = "external_supervisor", "外部质量督导员"


class IncidentKind(models.TextChoices):
    """What can happen on the exam day (考场情况), a closed list."""

    ABSENT_ASSESSOR = "absent_assessor", "考评员缺席"
    SUBSTITUTION = "substitution", "替考"
    CHEATING = "cheating", "作弊"
    DISORDER = "disorder", "扰乱考场秩序"
    IDENTITY_MISMATCH = "identity_mismatch", "证件与本人不符"
    EQUIPMENT_FAILURE = "equipment_failure", "设备故障"
    VIDEO_INTERRUPTED = "video_interrupted", "视频监控中断"
    PAPER_LEAK = "paper_leak", "试题泄露"
    SAFETY = "safety", "安全事故"
    OTHER = "other", "其他情况"


_P = PlanState
PLAN_MOVES: MoveTable = {
    (_P.DRAFT, "declare"): Move(to=_P.DECLARED, clauses=("LN24-3.7a", "FS20-3.2")),
    (_P.RETURNED, "declare"): Move(to=_P.DECLARED, clauses=("LN24-3.7a", "FS20-3.2")),
    (_P.DECLARED, "accept"): Move(
        to=_P.ACCEPTED, duty="exams.accept_plan", clauses=("LN24-2.3a", "FS20-3.2", "FS20-4.2")
    ),
    (_P.DECLARED, "return"): Move(
        to=_P.RETURNED, duty="exams.accept_plan", clauses=("LN24-2.3a", "FS20-4.2")
    ),
    (_P.DECLARED, "refuse"): Move(to=_P.REFUSED, duty="exams.accept_plan", clauses=("LN24-2.3a", "FS20-4.2")),
    (_P.DRAFT, "cancel"): Move(to=_P.CANCELLED),
    (_P.RETURNED, "cancel"): Move(to=_P.CANCELLED),
    (_P.ACCEPTED, "cancel"): Move(to=_P.CANCELLED),
}

_S = SittingState
SITTING_MOVES: MoveTable = {
    (_S.PLANNED, "hold"): Move(to=_S.HELD, clauses=("LN24-3.7a",)),
    (_S.HELD, "take_results"): Move(to=_S.RESULTS_IN, clauses=("LN24-3.7a", "FS20-3.2")),
    (_S.RESULTS_IN, "take_results"): Move(to=_S.RESULTS_IN, clauses=("LN24-3.7a", "FS20-3.2")),
    (_S.RETURNED, "take_results"): Move(to=_S.RESULTS_IN, clauses=("LN24-3.7a", "FS20-3.2")),
    (_S.RESULTS_IN, "publish_results"): Move(to=_S.IN_NOTICE, clauses=("LN24-3.7a",)),
    (_S.IN_NOTICE, "submit_results"): Move(to=_S.SUBMITTED, clauses=("LN24-3.7a", "FS20-3.2")),
    (_S.SUBMITTED, "approve"): Move(
        to=_S.APPROVED, duty="exams.review_results", clauses=("LN24-2.3c", "FS20-3.2", "FS20-4.2")
    ),
    (_S.SUBMITTED, "return"): Move(
        to=_S.RETURNED, duty="exams.review_results", clauses=("LN24-2.3c", "FS20-4.2")
    ),
    (_S.APPROVED, "issue"): Move(to=_S.ISSUED, duty="certificates.issue", clauses=("LN24-2.3a",)),
    (_S.PLANNED, "cancel"): Move(to=_S.CANCELLED),
}
"""(state, verb) → move; verbs without a duty belong to the body, whose ownership the action checks."""

EDITABLE_PLANS = frozenset({_P.DRAFT, _P.RETURNED})
HELD_STATES = frozenset(
    {_S.HELD, _S.RESULTS_IN, _S.IN_NOTICE, _S.SUBMITTED, _S.RETURNED, _S.APPROVED, _S.ISSUED}
)
AWAITING_RESULTS = frozenset({_S.HELD, _S.RESULTS_IN, _S.RETURNED})
"""The body has results to upload, to publish or to correct."""
