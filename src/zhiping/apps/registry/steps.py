"""One step of a filing's way, recorded with the verdict as it stood."""

from zhiping.apps.journal.actions import keep_rule_snapshots
from zhiping.apps.registry.judgements import FilingVerdict
from zhiping.apps.registry.models import Filing, Review
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

STEP_WORKDAYS = 5
"""Working days a step is aimed to take. No notice names a number: it orders the queue, nothing more."""


def add_review(
    filing: Filing,
    verb: str,
    *,
    before: str,
    actor: Actor,
    clock: Clock,
    opinion: str = "",
    verdict: FilingVerdict | None = None,
) -> Review:
    """Write the step that has just been taken, from the state before to the filing's state now."""
    if verdict is not None:
        keep_rule_snapshots(verdict.parts)
    return Review.objects.create(
        filing=filing,
        verb=verb,
        from_state=before,
        to_state=filing.state,
        actor_id=actor.id,
        actor_name=actor.name,
        office_id=actor.office_id,
        at=clock.now(),
        opinion=opinion,
        verdict=None if verdict is None else verdict.to_json(),
    )
