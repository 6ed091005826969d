"""Jobs: what runs outside a request. Each is safe to repeat, since a killed worker's job comes back."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

import zhiping.portals.authority.jobs  # noqa: F401 - registers the jobs of the desk
from zhiping.apps.screening.actions import TASK, carry_out
from zhiping.portals.clock import current_clock

STALLED_AFTER_SECONDS = 60
"""A worker that has not been heard of for so long is dead; its jobs are given to another."""


@app.task(name=TASK, queue="screening")
def carry_out_run(run_id: int) -> None:
    """Carry out a requested screening run."""
    carry_out(run_id, clock=current_clock())


@app.periodic(cron="* * * * *")
@app.task(name="jobs.rescue", queueing_lock="jobs.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the periodic signature)
    """Give the jobs of dead workers to living ones, every minute."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job)
