"""How directory editions and tracking tasks move on."""

from zhiping.kernel.moves import Move, MoveTable

_DUTY = "reference.maintain"

DIRECTORY_MOVES: MoveTable = {
    ("drafted", "publish"): Move(to="published", duty=_DUTY, clauses=("JL17-2a", "JL17-2b")),
}

TRACKING_MOVES: MoveTable = {
    ("open", "answer"): Move(to="answered", duty=_DUTY, clauses=("JL17-1d",)),
}
