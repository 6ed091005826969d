"""Blanks in Liaoning and in Weihai, where the clause binds; officers with exactly what they need."""

import datetime as dt
from itertools import count

from certificate_world import CLOCK, approved_sitting, enrol, filed_body
from certificate_world import officer as issuing_officer

from zhiping.apps.certificates import actions
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.states import BlankKind
from zhiping.kernel.actor import Actor, ActorKind, Duty
from zhiping.kernel.place import Place

LIAONING, SHENYANG, HEPING, SHENHE = "210000", "210100", "210102", "210103"
SHANDONG, WEIHAI, HUANCUI, WENDENG = "370000", "371000", "371002", "371003"
KEEP, SUPPLY, WITNESS = (
    "certificates.keep_blanks",
    "certificates.supply_blanks",
    "certificates.witness_blanks",
)
_ids = count(1000)


def officer(place, *duties, key="", name="保管员甲"):
    held = duties or (KEEP, SUPPLY, WITNESS, "certificates.read")
    return Actor(
        kind=ActorKind.OFFICER,
        id=key or str(next(_ids)),
        name=name,
        duties=frozenset(Duty(name=duty, place=Place(place)) for duty in held),
    )


def need(quantity, *, kind=BlankKind.ABILITY, due=dt.date(2026, 4, 10), **more):
    return actions.Need(kind=kind, quantity=quantity, due_on=due, **more)


def series(place=LIAONING, *, prefix="LN", width=6, kind=BlankKind.ABILITY):
    return actions.open_blank_series(
        place,
        actions.SeriesDetails(kind=kind, prefix=prefix, width=width),
        actor=officer(place),
        clock=CLOCK,
    )


def received(first, last, *, place=LIAONING):
    return actions.receive_blanks(first, last, reference="交货单 1 号", actor=officer(place), clock=CLOCK)


def supplied(place, first, last, quantity, *, above=None):
    """Bring blanks to a place by a request of its own."""
    request = actions.request_blanks(place, need(quantity), actor=officer(place), clock=CLOCK)
    return actions.supply_blanks(
        request.pk, [(first, last)], actor=officer(above or request.supplier), clock=CLOCK
    )


def stocked(place=HEPING, quantity=20):
    """Return a district with blanks LN000001 and on, come by way of province and city."""
    series()
    received("LN000001", "LN000100")
    supplied(SHENYANG, "LN000001", "LN000050", 50)
    supplied(place, "LN000001", f"LN{quantity:06d}", quantity)


def certificates(number=1, *, place=HEPING):
    """Return new certificates of a place."""
    sitting = approved_sitting(filed_body(place))
    for _ in range(number):
        enrol(sitting)
    actions.issue_certificates(sitting.pk, actor=issuing_officer(place), clock=CLOCK)
    return list(Certificate.objects.filter(enrolment__sitting=sitting).order_by("number"))
