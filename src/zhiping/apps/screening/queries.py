"""Reads for others, already scoped to an actor."""

import functools
from collections.abc import Mapping

from django.db.models import QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.screening.models import Finding, Run
from zhiping.apps.screening.states import FindingState, Judgement
from zhiping.core.sieve.screen import Screen, load_screens
from zhiping.kernel.actor import Actor
from zhiping.kernel.resources import policy_folder


@functools.cache
def screens() -> tuple[Screen, ...]:
    """Return the screens of this installation, loaded and checked once."""
    return load_screens(policy_folder() / "screens")


def screen_headers() -> Mapping[str, Screen]:
    """Return the screens by id, with titles, clauses, evidence labels, known false alarms."""
    return {screen.id: screen for screen in screens()}


def runs_within(actor: Actor) -> QuerySet[Run]:
    """Return the runs of the officer's places, the newest first."""
    return within(Run.objects.all(), actor, "screening.read")


def findings_within(actor: Actor) -> QuerySet[Finding]:
    """Return the findings within the officer's places."""
    return within(Finding.objects.select_related("body", "last_run", "first_run"), actor, "screening.read")


def findings_awaiting(actor: Actor) -> QuerySet[Finding]:
    """Return the open findings that the officer has to judge."""
    rows = Finding.objects.filter(state=FindingState.OPEN, judgement=Judgement.PENDING)
    return within(rows, actor, "screening.judge")
