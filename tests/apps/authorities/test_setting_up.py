"""Offices, duties and dossiers are set up by the system, or by whoever holds the duty at the place."""

import datetime as dt

import pytest

from tests import builders
from zhiping.apps.authorities.actions import grant_role, open_office
from zhiping.apps.authorities.errors import DutyUnknownError, OwnGrantError
from zhiping.apps.authorities.models import Account, DutyGrant, Office
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.journal.models import Entry
from zhiping.apps.registry.actions import register_body
from zhiping.apps.registry.actions.bodies import BodyDetails
from zhiping.apps.registry.models import EvaluationBody
from zhiping.core.identifiers.synthetic import fictional_credit_code
from zhiping.kernel.actor import PUBLIC, DutyMissingError
from zhiping.kernel.place import Place

FOSHAN, SHENYANG = "440600", "210100"
DAY = dt.date(2021, 1, 4)

pytestmark = pytest.mark.django_db


def account(name):
    return Account.objects.create_user(
        username=name, display_name=name, kind=Account.Kind.OFFICER, office=builders.office(FOSHAN)
    )


def administrator(place=FOSHAN, name="guanli"):
    own = account(name)
    grant_role(
        own, "administrator", Place(place), valid_from=DAY, actor=builders.SYSTEM, clock=builders.AT_FILING
    )
    return actor_of(own, on=builders.AT_FILING.today())


def details(place):
    return BodyDetails(
        name="样例精工有限公司", kind="employer", credit_code=fictional_credit_code(7701), place=place,
        address="样例路1号", contact_name="样例", contact_phone="19900000000",
    )  # fmt: skip


def attempts(actor, place):
    clock, other = builders.AT_FILING, account(f"other-{Account.objects.count()}")
    return (
        lambda: open_office("样例局", Place(f"{place[:4]}04"), actor=actor, clock=clock),
        lambda: grant_role(other, "auditor", Place(place), valid_from=DAY, actor=actor, clock=clock),
        lambda: register_body(details(place), actor=actor, clock=clock),
    )


def counts():
    return [model.objects.count() for model in (Office, DutyGrant, EvaluationBody, Entry)]


def test_an_administrator_sets_up_within_his_place_with_an_entry_for_each():
    actor, before = administrator(), Entry.objects.count()
    for attempt in attempts(actor, FOSHAN):
        attempt()
    assert Entry.objects.count() == before + 3
    assert Office.objects.get(name="样例局").parent.place == FOSHAN


@pytest.mark.parametrize("who", ["administrator elsewhere", "handler", "public"])
def test_nobody_else_sets_up_anything(who):
    actor = {
        "administrator elsewhere": lambda: administrator(SHENYANG),
        "handler": lambda: builders.officer("city_handler", FOSHAN),
        "public": lambda: PUBLIC,
    }[who]()
    tried = attempts(actor, FOSHAN)
    before = counts()
    for attempt in tried:
        with pytest.raises(DutyMissingError):
            attempt()
    assert counts() == before


def test_nobody_grants_duties_to_himself_and_none_that_do_not_exist():
    actor = administrator()
    own = Account.objects.get(pk=actor.id)
    before = counts()
    with pytest.raises(OwnGrantError):
        grant_role(own, "city_leader", Place(FOSHAN), valid_from=DAY, actor=actor, clock=builders.AT_FILING)
    with pytest.raises(DutyUnknownError):
        grant_role(
            account("neu"), "king", Place(FOSHAN), valid_from=DAY, actor=actor, clock=builders.AT_FILING
        )
    assert counts() == before
