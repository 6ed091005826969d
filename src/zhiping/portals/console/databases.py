"""Which database a command reads."""

import os

from zhiping.gateways import postgres
from zhiping.gateways.state_folder import state_folder


def database_is_named() -> bool:
    """Tell whether there is a database to read: one that the environment names, or this checkout's own."""
    if os.environ.get("ZHIPING_APP_DATABASE_URL") or os.environ.get("ZHIPING_DATABASE_URL"):
        return True
    own = state_folder() / "postgres"
    if not own.exists():
        return False
    os.environ.update(postgres.ensure(own).environment())
    return True
