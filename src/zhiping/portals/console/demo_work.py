"""Work under way in the demonstration, done by the actions themselves so that every step is real."""

from zhiping.kernel.clock import Clock


def set_work_under_way(*, clock: Clock) -> None:
    """Put filings into every queue of both cities."""
