"""The desk's jobs: what runs outside a request. Safe to repeat, since a killed worker's job comes back."""

from procrastinate.contrib.django import app

from zhiping.portals import stored_files
from zhiping.portals.authority import trial_runs
from zhiping.portals.authority.trial_runs import QUEUE, TASK, carry_out
from zhiping.portals.clock import current_clock


@app.task(name=TASK, queue=QUEUE)
def try_draft_on_record(key: str) -> None:
    """Try a draft that was uploaded on everything on record."""
    carry_out(key, clock=current_clock())


@app.periodic(cron="40 3 * * *")
@app.task(name="state.sweep", queueing_lock="state.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 (the periodic signature)
    """Remove, every night, trials that are over and files that belong to nothing."""
    trial_runs.sweep(current_clock())
    stored_files.sweep()
