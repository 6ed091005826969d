"""What the tests of the portals share: a clock that stands still, and signing in."""

import pytest

from tests import builders
from zhiping.portals import clock as portal_clock
from zhiping.portals import context, gate


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the portal."""

    def set_to(clock):
        for module in (gate, context, portal_clock):
            monkeypatch.setattr(module, "current_clock", lambda: clock)

    set_to(builders.AT_FILING)
    return set_to


@pytest.fixture
def sign_in(client):
    """Sign a body's clerk in."""

    def as_clerk(body):
        client.force_login(builders.clerk_account(body), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_clerk
