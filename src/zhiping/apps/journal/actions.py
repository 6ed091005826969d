"""The one way an operation is recorded."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from zhiping.apps.journal.models import Entry, Subject
from zhiping.kernel.actor import Actor


def record(
    event: str,
    *things: models.Model,
    actor: Actor,
    at: dt.datetime,
    place: str,
    clauses: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
) -> Entry:
    """Write one entry about the things (留痕), in the transaction of the action that calls it.

    `event` is `app.past_tense` ("certificates.annulled"); `place` is the thing's division code.
    Facts are kept as JSON and must hold no personal numbers.
    """
    entry = Entry.objects.create(
        at=at,
        event=event,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name,
        place=place,
        clauses=list(clauses),
        facts=json.loads(json.dumps(dict(facts or {}), cls=DjangoJSONEncoder)),
    )
    Subject.objects.bulk_create(
        (Subject(entry=entry, thing=thing._meta.label_lower, thing_id=str(thing.pk)) for thing in things),
        batch_size=5000,
    )
    return entry
