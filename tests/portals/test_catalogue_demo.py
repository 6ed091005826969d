"""The demonstration's dated lists: there, invented and said to be so, and every page of them filled."""

import pytest
from django.urls import reverse

from tests import builders
from tests.apps.journal.watching import officer_with
from zhiping.apps.reference.aftermath_queries import cases_awaiting
from zhiping.apps.reference.models import (
    AftermathCandidate,
    CancellationCase,
    CatalogueImport,
    DirectoryEdition,
    DirectoryItem,
    Rate,
    TrackerAssignment,
    TrackingTask,
)
from zhiping.portals.console.demo_lists import keep_lists

pytestmark = pytest.mark.django_db
PLACES = ("440000", "210000")


@pytest.fixture
def accounts(at):
    at(builders.AT_FILING)
    for place in PLACES:
        account = builders.officer_account("province_supervisor", place)
        account.username = f"province-supervisor-{place}"
        account.save()


@pytest.fixture
def kept(accounts):
    keep_lists(clock=builders.AT_FILING)


def test_every_row_says_that_it_is_invented(kept):
    for model in (DirectoryEdition, DirectoryItem, Rate):
        rows = list(model.objects.all())
        assert rows
        assert {row.certainty for row in rows} == {"uncertain"}
        assert all("演示" in row.source for row in rows)
    assert all("演示" in row.note for row in TrackerAssignment.objects.all())
    assert CatalogueImport.objects.filter(rows_bad__gt=0).count() == 1, "only the one that is left to look at"


def test_both_provinces_have_something_on_every_page(kept, client):
    for place in PLACES:
        asked = {"place": place}
        for page in ("qualifications", "implementing", "rates", "cancelled", "equivalences"):
            shown = client.get(reverse(f"public:catalogues-{page}"), asked).context["table"]
            assert shown.rows, page
        states = TrackingTask.objects.filter(place=place).values_list("state", flat=True)
        assert set(states) == {"open", "answered"}


def test_a_cancellation_case_is_half_way_and_invented(kept):
    case = CancellationCase.objects.get()
    assert "演示" in case.note
    people = AftermathCandidate.objects.filter(batch__case=case)
    assert all("演示" in one.name for one in people)
    assert set(people.values_list("is_settled", flat=True)) == {True, False}
    assert cases_awaiting(officer_with("reference.maintain", place="440000")).get().next_due is not None


def test_the_lists_need_few_queries(accounts, django_assert_max_num_queries):
    with django_assert_max_num_queries(420):
        keep_lists(clock=builders.AT_FILING)
