"""The one way an operation is recorded, and the rules by which a stored verdict judged are kept."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from zhiping.apps.journal.models import Entry, RuleSnapshot, Subject
from zhiping.core.policybook import Verdict
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


def keep_rule_snapshots(verdicts: Iterable[Verdict]) -> None:
    """Keep the rules by which verdicts judged (留存规则快照), in the transaction that stores the verdicts.

    What is kept already is left alone. It records nothing by itself: it is a part of the operation that
    stores the verdict. Call it with verdicts that were just judged; one that was read back has no rules.
    """
    wanted = {
        snapshot.address: snapshot
        for verdict in verdicts
        for finding in verdict.findings
        if (snapshot := finding.basis.snapshot) is not None
    }
    kept = RuleSnapshot.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    missing = [wanted[address] for address in sorted(wanted.keys() - set(kept))]
    RuleSnapshot.objects.bulk_create(
        (
            RuleSnapshot(address=one.address, rule=one.rule, version=one.version, content=one.to_json())
            for one in missing
        ),
        ignore_conflicts=True,  # another operation may keep the same rule at the same time
    )
