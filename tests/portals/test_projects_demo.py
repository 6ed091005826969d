"""The demonstration's handovers and specifications: there, invented and said to be so, in every queue."""

import pytest
from django.urls import reverse

from tests import builders
from tests.apps.journal.watching import officer_with
from zhiping.apps.reference.handover_queries import handovers_awaiting
from zhiping.apps.reference.models import AbilityProject, Handover, Specification, SpecificationCall
from zhiping.apps.reference.project_queries import calls_awaiting, specifications_awaiting
from zhiping.portals.console.demo_projects import keep_projects

pytestmark = pytest.mark.django_db
LEVELS = (
    ("reference.solicit_specification", "440605"),
    ("reference.review_specification", "440600"),
    ("reference.argue_specification", "440000"),
    ("reference.argue_specification", "210000"),
)


@pytest.fixture(autouse=True)
def kept(at):
    at(builders.AT_FILING)
    builders.office("440605")
    keep_projects(clock=builders.AT_FILING)


def test_everything_says_that_it_is_invented():
    assert all("演示" in one.name for one in AbilityProject.objects.all())
    assert all("演示" in one.name and "演示" in one.unit for one in Specification.objects.all())
    assert all("演示" in one.title for one in SpecificationCall.objects.all())
    assert all("演示" in f"{one.giver}" and "演示" in one.receiver for one in Handover.objects.all())


def test_every_level_has_something_to_do():
    for duty, place in LEVELS:
        assert specifications_awaiting(officer_with(duty, place=place)).exists(), (duty, place)
    assert calls_awaiting(officer_with("reference.solicit_specification", place="440605")).exists()
    assert handovers_awaiting(officer_with("reference.maintain", place="440000")).count() == 1
    assert set(Handover.objects.values_list("state", flat=True)) == {"drafted", "handed_over", "reversed"}


def test_the_public_pages_are_filled(client):
    for name in ("ability-projects", "handovers"):
        assert client.get(reverse(f"public:{name}")).context["table"].rows, name
    two = AbilityProject.objects.get(name__startswith="海带结")
    assert two.versions.count() == 2
    page = client.get(reverse("public:ability-project", args=[two.pk])).content.decode()
    assert "演示文本" in page
