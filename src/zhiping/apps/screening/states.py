"""States of runs and findings."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable


class RunState(models.TextChoices):
    """Where a run (筛查) stands."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


class FindingState(models.TextChoices):
    """Whether the data still show it (发现状态)."""

    OPEN = "open", "存在"
    CURED = "cured", "已消除"


class Judgement(models.TextChoices):
    """What a person says of a finding (研判)."""

    PENDING = "pending", "待研判"
    CONFIRMED = "confirmed", "属实，转线索"
    REJECTED = "rejected", "误报"


_J = Judgement
JUDGEMENT_MOVES: MoveTable = {
    (_J.PENDING, "confirm"): Move(to=_J.CONFIRMED, duty="screening.judge", clauses=("LN24-3.6a",)),
    (_J.PENDING, "reject"): Move(to=_J.REJECTED, duty="screening.judge", clauses=("LN24-3.6a",)),
    (_J.REJECTED, "reconsider"): Move(to=_J.PENDING, duty="screening.judge", clauses=("LN24-3.6a",)),
    (_J.CONFIRMED, "reconsider"): Move(to=_J.PENDING, duty="screening.judge", clauses=("LN24-3.6a",)),
}
