"""What all tests share: the database's endpoint and the order of the kinds.

The PostgreSQL of the tests is provided by `zhiping.gateways.postgres.for_tests`, which the options of
pytest name: it must come before Django's settings are read, and a conftest comes after.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from zhiping.gateways.postgres import Endpoint, for_tests
from zhiping.portals.console.browser import find_chromium

# No example is held to the clock: machines are shared.
settings.register_profile(
    "zhiping",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("zhiping")

ORDER = ("kernel", "core", "policy", "oracle", "house", "apps", "portals", "stories")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the quick kinds come first, whatever order the tests have within a kind."""
    top = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        kind = item.path.relative_to(top).parts[0] if item.path.is_relative_to(top) else ""
        return ORDER.index(kind) if kind in ORDER else len(ORDER)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def database_endpoint() -> Endpoint:
    """Both URLs of the tests' server: the owner's and the plain application role's."""
    return for_tests.ENDPOINT


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that starts."""
    return find_chromium()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Let the test database be emptied between tests that commit; the journal refuses it otherwise."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("entry", "subject", "rulesnapshot"):
            cursor.execute(f"ALTER TABLE journal_{table} DISABLE TRIGGER journal_{table}_no_truncate")
