"""Reach and the wall: what an office sees, and what the database itself hides from it."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from tests import builders
from tests.apps.journal.watching import officer_with, recorded, unchanged, undone
from zhiping.apps.authorities import walls
from zhiping.apps.authorities.actions import grant_role, open_office
from zhiping.apps.authorities.duties import DUTIES, ROLES
from zhiping.apps.authorities.errors import DutyUnknownError
from zhiping.apps.authorities.models import DutyGrant, Office
from zhiping.apps.authorities.queries import actor_of, office_for, reach, within
from zhiping.apps.exams.models import Plan, Sitting
from zhiping.apps.journal.models import Entry
from zhiping.apps.registry.models import EvaluationBody, Filing
from zhiping.kernel.actor import PUBLIC, Duty
from zhiping.kernel.place import Place

pytestmark = pytest.mark.django_db
WALLED = (EvaluationBody, Filing, Plan, Sitting)


def two_cities():
    return [builders.drafted_sitting(builders.confirmed_body(place=place)) for place in ("440606", "210102")]


def places_seen() -> dict[str, set[str]]:
    return {
        model.__name__: {place[:4] for place in model.objects.values_list("place", flat=True)}
        for model in WALLED
    }


def test_the_reach_of_an_actor_is_the_prefixes_of_the_places_of_a_duty():
    actor = officer_with("registry.read", place="440600")
    both = type(actor)(
        kind=actor.kind,
        id="1",
        name="甲",
        duties=actor.duties | {Duty(name="exams.read", place=Place("210000"))},
    )
    assert reach(both) == ("21", "4406")
    assert reach(both, "registry.read") == ("4406",)
    assert reach(both, "certificates.annul") == ()
    assert reach(PUBLIC) == ()
    assert reach(builders.SYSTEM) == ("",)


def test_queries_are_narrowed_to_the_reach_and_to_nothing_without_one():
    two_cities()
    foshan, guangdong = (
        officer_with("registry.read", place="440600"),
        officer_with("registry.read", place="440000"),
    )
    for actor, cities in ((foshan, {"4406"}), (guangdong, {"4406"}), (builders.SYSTEM, {"4406", "2101"})):
        assert {one.place[:4] for one in within(Filing.objects.all(), actor)} == cities
    for actor in (PUBLIC, officer_with("registry.read", place="440100")):
        assert not within(Filing.objects.all(), actor).exists()
    assert not within(Filing.objects.all(), foshan, "exams.read").exists()


def test_every_model_of_business_with_a_place_is_walled():
    named = {walled.model.lower() for walled in walls.WALLED}
    for model in WALLED:
        assert model._meta.label_lower in named
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'wall'")
        walled = {name for (name,) in cursor.fetchall()}
    assert walled == {apps.get_model(one.model)._meta.db_table for one in walls.WALLED}


@pytest.mark.django_db(transaction=True)
def test_behind_the_wall_a_city_sees_its_own_rows_and_nobody_without_reach_sees_any():
    foshan, shenyang = two_cities()
    with walls.reaching(()):
        assert places_seen() == {model.__name__: set() for model in WALLED}
    with walls.reaching(("4406",)):
        assert places_seen() == {model.__name__: {"4406"} for model in WALLED}
    with walls.reaching(("21",)):
        assert places_seen() == {model.__name__: {"2101"} for model in WALLED}
    with walls.reaching(("440605",)):
        assert places_seen() == {model.__name__: set() for model in WALLED}
    with walls.reaching(("",)):
        assert places_seen() == {model.__name__: {"4406", "2101"} for model in WALLED}
    with walls.reaching((), body_id=foshan.body_id):
        assert list(EvaluationBody.objects.values_list("id", flat=True)) == [foshan.body_id]
        assert not Sitting.objects.filter(pk=shenyang.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_behind_the_wall_rows_of_elsewhere_are_neither_written_nor_changed():
    foshan, shenyang = two_cities()
    fields = {"name": "外地样例", "kind": "employer", "address": "", "contact_name": "", "contact_phone": ""}
    with walls.reaching(("4406",)):
        assert EvaluationBody.objects.filter(pk=shenyang.body_id).update(address="改") == 0
        assert EvaluationBody.objects.filter(pk=foshan.body_id).update(address="改") == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            EvaluationBody.objects.create(
                credit_code=builders.fictional_credit_code(901), place="210102", **fields
            )
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            EvaluationBody.objects.filter(pk=foshan.body_id).update(place="210102")
        EvaluationBody.objects.create(
            credit_code=builders.fictional_credit_code(902), place="440605", **fields
        )


@pytest.mark.django_db(transaction=True)
def test_the_wider_reach_of_one_step_ends_with_it_also_when_it_fails():
    two_cities()
    with walls.reaching(("4406",)):
        with walls.reaching_everywhere():
            assert places_seen()["Filing"] == {"4406", "2101"}
        assert places_seen()["Filing"] == {"4406"}
        with pytest.raises(KeyError), walls.reaching_everywhere():
            raise KeyError
        assert places_seen()["Filing"] == {"4406"}


@pytest.mark.django_db(transaction=True)
def test_the_reach_ends_with_its_transaction():
    two_cities()
    with walls.reaching(("4406",)):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('zhiping.reach', true)")
        user, reached = cursor.fetchone()
    assert user != walls.ROLE
    assert not reached


@pytest.mark.django_db(transaction=True)
def test_the_journal_refuses_change_to_its_owner_and_to_the_plain_role():
    builders.new_body()
    changes = (
        "UPDATE journal_entry SET actor_name = 'x'",
        "DELETE FROM journal_entry",
        "DELETE FROM journal_subject",
        "UPDATE journal_subject SET thing = 'x'",
        "UPDATE journal_rulesnapshot SET rule = 'x'",
        "DELETE FROM journal_rulesnapshot",
    )
    before = list(Entry.objects.order_by("id").values())
    assert before
    for change in changes:
        for wall in (transaction.atomic(), walls.reaching(("",))):
            with pytest.raises(ProgrammingError, match="append-only"), wall, connection.cursor() as cursor:
                cursor.execute(change)
    assert list(Entry.objects.order_by("id").values()) == before


def test_the_journal_refuses_to_be_emptied():
    # The tests themselves switch this guard off to clean up; it is looked at as it was made.
    with undone(), connection.cursor() as cursor:
        for table in ("entry", "subject", "rulesnapshot"):
            cursor.execute(f"ALTER TABLE journal_{table} ENABLE TRIGGER journal_{table}_no_truncate")
        for tables in ("journal_entry, journal_subject", "journal_rulesnapshot"):
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                cursor.execute(f"TRUNCATE {tables}")


def test_a_grant_counts_from_its_first_day_until_the_day_it_ends():
    account = builders.officer_account("city_handler", "440600")
    DutyGrant.objects.filter(account=account).update(
        valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 7, 1)
    )
    held = {
        day: actor_of(account, on=day).may("registry.confirm", Place("440606"))
        for day in (dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 1))
    }
    assert list(held.values()) == [False, True, True, False]


def test_a_role_grants_its_duties_once_and_an_unknown_one_nothing():
    account = builders.officer_account("auditor", "440600")
    give = {"valid_from": dt.date(2020, 1, 1), "actor": builders.SYSTEM, "clock": builders.AT_FILING}
    before = DutyGrant.objects.filter(account=account).count()
    assert before == len(ROLES["auditor"][1])
    with recorded() as entries:
        grant_role(account, "auditor", Place("440600"), **give)
    assert [entry.event for entry in entries] == ["authorities.role_granted"]
    assert DutyGrant.objects.filter(account=account).count() == before
    with undone(), unchanged(account), pytest.raises(DutyUnknownError):
        grant_role(account, "emperor", Place("440600"), **give)


def test_every_duty_of_every_role_is_in_the_closed_list():
    assert {duty for _, duties in ROLES.values() for duty in duties} <= set(DUTIES)


def test_an_office_stands_under_the_narrowest_office_above_it():
    city = builders.office("440600")
    with recorded() as entries:
        district = open_office("顺德样例局", Place("440606"), actor=builders.SYSTEM, clock=builders.AT_FILING)
    assert [entry.event for entry in entries] == ["authorities.office_opened"]
    assert (district.parent, city.parent.place, district.level) == (city, "440000", "district")
    assert office_for(Place("440606")) == district
    assert office_for(Place("440605")) == city
    assert office_for(Place("210102")) is None
    assert Office.objects.count() == 3


class TestBuilding:
    """The wall is mended where it lacks something, and only read where it stands."""

    def test_a_wall_that_stands_is_read_and_no_table_is_locked(self):
        walls.build()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"
                           " AND locktype = 'relation' AND pid = pg_backend_pid()")  # fmt: skip
            before = cursor.fetchone()
            assert walls.build() == 0
            cursor.execute("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"
                           " AND locktype = 'relation' AND pid = pg_backend_pid()")  # fmt: skip
            assert cursor.fetchone() == before

    def test_what_was_torn_down_is_built_again(self):
        reaches = "CREATE OR REPLACE FUNCTION zhiping_reaches(place text, body bigint)"
        damages = (
            "ALTER TABLE exams_plan DISABLE ROW LEVEL SECURITY",
            "DROP POLICY wall ON exams_plan",
            "ALTER POLICY wall ON exams_plan TO zhiping_owner",
            "REVOKE UPDATE ON exams_plan FROM zhiping_app",
            "REVOKE USAGE ON SEQUENCE exams_plan_id_seq FROM zhiping_app",
            f"{reaches} RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        )
        two_cities()
        with connection.cursor() as cursor:  # tables with checks still pending cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for damage in damages:
            with undone(), connection.cursor() as cursor:
                cursor.execute(damage)
                assert walls.build() > 0, damage
                assert walls.build() == 0, damage
                with walls.reaching(("4406",)):
                    seen = set(Plan.objects.values_list("place", flat=True))
                assert {place[:4] for place in seen} == {"4406"}, damage
