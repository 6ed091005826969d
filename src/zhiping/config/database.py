"""Turn a PostgreSQL URL into Django's connection settings."""

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_from_url(url: str) -> dict[str, Any]:
    """Return the settings of one connection.

    `url` is `postgresql://user:password@host:port/name?host=/socket/folder`. An empty URL gives
    settings that name no server, so that commands which need no database still start.
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = query.pop("host", None) or unquote(parts.hostname or "")
    port = query.pop("port", None) or str(parts.port or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "zhiping",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "zhiping", **query},
        # Two test runs at once do not share, and so do not drop, a database.
        "TEST": {"NAME": f"test_zhiping_{os.getpid()}"},
    }
