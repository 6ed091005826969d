"""Venues."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.registry.errors import AlreadyOnRecordError
from zhiping.apps.registry.models import EvaluationBody, Venue, VenueStation
from zhiping.apps.registry.ownership import require_own
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueDetails:
    """A venue with its workstations per occupation code."""

    name: str
    place: str
    address: str
    has_video: bool
    capacity: int
    stations: Mapping[str, int]
    is_in_use: bool = True


def save_venue(
    body_id: int, details: VenueDetails, *, actor: Actor, clock: Clock, venue_id: int | None = None
) -> Venue:
    """Register a venue of a body, or change it (登记考点).

    Authority:
        FS20-E3, LN24-2.3c.
    Refuses:
        AlreadyOnRecordError: another venue of the body has that name.
    """
    require_own(actor, body_id)
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        if Venue.objects.filter(body=body, name=details.name).exclude(pk=venue_id or 0).exists():
            raise AlreadyOnRecordError(value=details.name)
        fields = {
            "name": details.name,
            "place": details.place,
            "address": details.address,
            "has_video": details.has_video,
            "capacity": details.capacity,
            "is_in_use": details.is_in_use,
        }
        if not venue_id:
            venue = Venue.objects.create(body=body, **fields)
        else:
            venue = Venue.objects.select_for_update().get(pk=venue_id or 0, body=body)
            for name, value in fields.items():
                setattr(venue, name, value)
            venue.save()
        venue.stations.exclude(occupation_code__in=details.stations).update(workstations=0)
        for code, workstations in details.stations.items():
            VenueStation.objects.update_or_create(
                venue=venue, occupation_code=code, defaults={"workstations": workstations}
            )
        record(
            "registry.venue_saved",
            venue,
            body,
            actor=actor,
            at=clock.now(),
            place=body.place,
            facts={**fields, "stations": dict(details.stations)},
        )
    return venue
