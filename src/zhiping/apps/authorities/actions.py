"""Setting up offices, accounts and duties."""

import datetime as dt

from django.db import transaction

from zhiping.apps.authorities.duties import DUTIES, ROLES
from zhiping.apps.authorities.errors import DutyUnknownError, OwnGrantError
from zhiping.apps.authorities.models import Account, DutyGrant, Office
from zhiping.apps.journal.actions import record
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import Place

ADMINISTER = "authorities.administer"


def open_office(
    name: str, place: Place, *, actor: Actor, clock: Clock, complaint_contact: str = ""
) -> Office:
    """Open the office of a place (设立主管部门); its parent is the narrowest office above.

    Duty:
        authorities.administer, at the place; the system needs none.
    Refuses:
        DutyMissingError.
    """
    actor.require_unless_system(ADMINISTER, place)
    with transaction.atomic():
        above = {
            office.place: office
            for office in Office.objects.filter(place__in=[p.code for p in place.chain[1:]])
        }
        parent = next((above[step.code] for step in place.chain[1:] if step.code in above), None)
        office = Office.objects.create(
            name=name,
            place=place.code,
            level=place.level,
            parent=parent,
            complaint_contact=complaint_contact,
        )
        record("authorities.office_opened", office, actor=actor, at=clock.now(), place=place.code)
    return office


def grant_role(
    account: Account, role: str, place: Place, *, valid_from: dt.date, actor: Actor, clock: Clock
) -> None:
    """Grant every duty of a role at a place (授予职责).

    Duty:
        authorities.administer, at the place; the system needs none.
    Refuses:
        DutyMissingError.
        OwnGrantError: the account is the actor's own.
        DutyUnknownError: there is no such role.
    """
    actor.require_unless_system(ADMINISTER, place)
    if actor.id == str(account.pk):
        raise OwnGrantError(name=actor.name)
    if role not in ROLES:
        raise DutyUnknownError(value=role, possible=tuple(ROLES))
    with transaction.atomic():
        for duty in ROLES[role][1]:
            DutyGrant.objects.get_or_create(
                account=account, duty=duty, place=place.code, valid_from=valid_from
            )
        record(
            "authorities.role_granted",
            account,
            actor=actor,
            at=clock.now(),
            place=place.code,
            facts={"role": role, "duties": [DUTIES[duty] for duty in ROLES[role][1]]},
        )
