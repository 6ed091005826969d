"""The directory of ability projects: versions as of any day, published once, withdrawn with a reason."""

import datetime as dt
import itertools
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.apps.journal.watching import recorded, unchanged, undone
from tests.apps.reference import specification_builders as made
from tests.apps.reference.specification_builders import (
    CLOCK,
    HUANCUI,
    OTHER_DISTRICT,
    SHANDONG,
    TODAY,
    WEIHAI,
)
from zhiping.apps.reference import actions
from zhiping.apps.reference.errors import (
    ProjectNotFoundError,
    ProjectNotListedError,
    ReasonMissingError,
    VersionOrderError,
)
from zhiping.apps.reference.models import AbilityProject, ProjectVersion
from zhiping.apps.reference.project_queries import (
    all_projects,
    directory_of_projects,
    places_with_projects,
    project,
    project_on_directory,
    projects_for,
    versions_on,
)
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.errors import DomainError

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NAME = "海带结制作"


def revised(project_, valid_from, **changes):
    one = made.brought("file", revises_id=project_.pk, **changes)
    return made.take("publish", one, valid_from=valid_from)


def test_publishing_makes_the_project_and_its_first_version():
    """WH21-1."""
    version = made.brought("publish").version
    assert (version.number, version.valid_from, version.valid_to) == (1, TODAY, None)
    found = version.project
    assert (found.place, found.province, found.name, found.field) == (WEIHAI, SHANDONG, NAME, "海产品初加工")
    assert [row.pk for row in versions_on(TODAY)] == [version.pk]
    assert not versions_on(TODAY - DAY).exists()
    assert project_on_directory(NAME, place=HUANCUI, on=TODAY) is True
    assert project_on_directory(NAME, place=OTHER_DISTRICT, on=TODAY) is True
    assert project_on_directory(NAME, place=HUANCUI, on=TODAY - DAY) is False
    assert project_on_directory("没有的项目", place=HUANCUI, on=TODAY) is False
    assert project_on_directory(NAME, place="371302", on=TODAY) is None
    assert list(places_with_projects()) == [WEIHAI]
    assert directory_of_projects(TODAY, SHANDONG).count() == 1
    assert directory_of_projects(TODAY, "440000").count() == 0
    assert project(found.pk) == found
    assert project(987654) is None


def test_a_revision_is_the_next_version_from_its_day():
    first = made.brought("publish").version
    start = TODAY + 30 * DAY
    second = revised(first.project, start, field="海洋食品")
    first.refresh_from_db()
    assert (second.number, second.project_id, first.valid_to) == (2, first.project_id, start)
    assert [row.number for row in versions_on(start - DAY)] == [1]
    assert [row.number for row in versions_on(start)] == [2]
    assert AbilityProject.objects.get().field == "海洋食品"
    with undone(), pytest.raises(VersionOrderError):
        revised(first.project, start)
    with undone(), pytest.raises(VersionOrderError):
        revised(first.project, TODAY - DAY)
    assert [one.number for one in all_projects().get().versions.all()] == [2, 1]


def test_a_specification_of_the_same_name_is_a_version_of_the_same_project():
    made.brought("publish")
    one = made.brought("file")
    version = made.take("publish", one, valid_from=TODAY + DAY)
    assert (version.number, AbilityProject.objects.count()) == (2, 1)
    elsewhere = made.brought("publish", place=builders.SHUNDE).version
    assert elsewhere.project.place == builders.FOSHAN
    assert {row.place for row in projects_for(made.district())} == {WEIHAI}


def test_a_project_leaves_the_directory_with_a_reason_and_may_come_back():
    version = made.brought("publish").version
    ends = TODAY + 10 * DAY
    city = made.city()

    def withdraw(actor=city, **changes):
        given_ = {"ends_on": ends, "reason": "技能已并入国家职业标准", **changes}
        return actions.withdraw_project(version.project_id, **given_, actor=actor, clock=CLOCK)

    with undone(), unchanged(version), pytest.raises(ReasonMissingError):
        withdraw(reason=" ")
    with undone(), unchanged(version), pytest.raises(ProjectNotListedError):
        withdraw(ends_on=TODAY)
    for stranger in (made.district(), made.city("371100"), made.province()):
        with undone(), unchanged(version), pytest.raises(DutyMissingError):
            withdraw(stranger)
    with recorded() as entries:
        withdraw()
    assert [(one.event, one.clauses) for one in entries] == [("reference.project_withdrawn", ["WH21-1"])]
    assert versions_on(ends - DAY).exists()
    assert not versions_on(ends).exists()
    assert project_on_directory(NAME, place=HUANCUI, on=ends) is False
    with undone(), pytest.raises(ProjectNotListedError):
        withdraw()
    with pytest.raises(ProjectNotFoundError):
        actions.withdraw_project(987654, ends_on=ends, reason="无", actor=city, clock=CLOCK)
    with undone(), pytest.raises(VersionOrderError):
        revised(version.project, ends - DAY)
    back = revised(version.project, ends + DAY)
    assert not versions_on(ends).exists()
    assert [row.pk for row in versions_on(ends + DAY)] == [back.pk]


def test_the_database_itself_refuses_two_versions_on_one_day():
    version = made.brought("publish").version
    other = made.brought("file")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectVersion.objects.create(
            project=version.project, number=2, specification=other, valid_from=TODAY + DAY,
            published_at=CLOCK.now(),
        )  # fmt: skip


@settings(max_examples=10)
@given(offsets=st.lists(st.integers(-2, 12), min_size=1, max_size=4))
def test_never_two_versions_on_one_day(offsets):
    with undone():
        for offset in offsets:
            one = made.brought("file")
            try:
                with transaction.atomic():
                    made.take("publish", one, valid_from=TODAY + offset * DAY)
            except DomainError:
                continue
        for number in range(-3, 20):
            assert versions_on(TODAY + number * DAY).count() <= 1
        rows = list(ProjectVersion.objects.order_by("number").values_list("valid_from", "valid_to"))
        assert all(one[1] == other[0] for one, other in itertools.pairwise(rows))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same", [True, False], ids=["one-specification", "two-of-one-name"])
def test_two_officers_publish_at_once(is_same):
    first = made.brought("file")
    second = first if is_same else made.brought("file")
    actors = (made.city(), made.city())
    together, outcomes = threading.Barrier(2), []

    def publish(one, actor, day):
        try:
            together.wait(timeout=10)
            actions.publish_specification(one.pk, valid_from=day, actor=actor, clock=CLOCK)
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=publish, args=(one, actor, TODAY))
        for one, actor in zip((first, second), actors, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    refusal = "kernel.move_not_allowed" if is_same else "reference.version_order"
    assert sorted(outcomes) == sorted(["done", refusal])
    assert (AbilityProject.objects.count(), ProjectVersion.objects.count()) == (1, 1)
