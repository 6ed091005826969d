"""A plugin of pytest that finds or starts the PostgreSQL of the tests (测试数据库).

It is named with `-p` in the options of pytest, because only plugins named so are imported before
Django's plugin reads the settings; a conftest would be too late.

The server is our own, under `.zhiping/test-postgres` of the checkout, and stays between runs
(`make stop` ends it; in CI it ends with the run). `ZHIPING_POSTGRES_SOURCE` chooses between wheel and
system; `ZHIPING_TEST_DATABASE_URL` names another server altogether. A `ZHIPING_DATABASE_URL` of the
shell is never used: tests must not come near a database that somebody works with.
"""

import os

from zhiping.gateways.postgres.launcher import APP_VARIABLE, OWNER_VARIABLE, Endpoint, ensure, stop
from zhiping.gateways.state_folder import CHECKOUT

SERVER = CHECKOUT / ".zhiping" / "test-postgres"
STATE = CHECKOUT / ".zhiping" / "test-state"


def _provide() -> Endpoint:
    for variable in (OWNER_VARIABLE, APP_VARIABLE):
        os.environ.pop(variable, None)
    if elsewhere := os.environ.get("ZHIPING_TEST_DATABASE_URL"):
        os.environ[OWNER_VARIABLE] = elsewhere
    endpoint = ensure(SERVER)
    os.environ.update(endpoint.environment())
    # Tables of tests are made and filled by their owner; tests of the guards sign in as the plain role.
    os.environ["ZHIPING_AS_OWNER"] = "1"
    os.environ["ZHIPING_STATE_DIR"] = str(STATE)
    # `zhiping serve` collects static files there; pages under test find them where they are written.
    (STATE / "static").mkdir(parents=True, exist_ok=True)
    return endpoint


ENDPOINT = _provide()


def pytest_report_header() -> str:
    """Say which server the tests work on."""
    return f"PostgreSQL {ENDPOINT.version} ({ENDPOINT.source}), ready in {ENDPOINT.took:.2f} s"


def pytest_unconfigure() -> None:
    """Leave nothing running where nobody will run the tests again."""
    if os.environ.get("CI") and ENDPOINT.source != "given":
        stop(SERVER)
