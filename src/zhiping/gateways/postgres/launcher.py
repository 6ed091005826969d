"""From no server to an endpoint, and back."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import psycopg

from zhiping.gateways.postgres import cluster, roles
from zhiping.gateways.postgres.binaries import FLOOR, find_binaries
from zhiping.gateways.postgres.errors import AppRoleMissingError, ServerTooOldError, ServerUnreachableError
from zhiping.gateways.postgres.placement import Placement, placement, recorded_placements
from zhiping.gateways.postgres.server_user import server_user

OWNER_VARIABLE = "ZHIPING_DATABASE_URL"
APP_VARIABLE = "ZHIPING_APP_DATABASE_URL"
DATABASE = "zhiping"

_GIVEN = "given"
_HUNDRED = 100
_TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A database that accepts connections (数据库端点).

    `owner_url` is for migrations, `app_url` for everything else; `started` tells whether this call
    started a server, so that whoever started it stops it; `took` is in seconds.
    """

    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    version: str
    source: str
    started: bool
    took: float

    def environment(self) -> dict[str, str]:
        """Return the variables by which the settings find this database."""
        return {OWNER_VARIABLE: self.owner_url, APP_VARIABLE: self.app_url}


def ensure(root: Path, database: str = DATABASE) -> Endpoint:
    """Have a database: the one that the environment names, else a server of our own under `root`.

    Safe to call from several processes at once: one makes and starts, the others wait and find it
    running.

    Refuses:
        BinariesMissingError: nothing to start; says the line to run.
        ServerTooOldError: the named server is older than the floor.
        ServerUnreachableError: the named server does not let us in.
        AppRoleMissingError: the named server has no application role and we may not make it.
        ServerNotReadyError: our own did not come up; carries the end of its log.
    """
    began = time.monotonic()
    given = os.environ.get(OWNER_VARIABLE)
    endpoint = _given(given) if given else _own(root.absolute(), database)
    return replace(endpoint, took=time.monotonic() - began)


def ensure_database(root: Path, name: str) -> Endpoint:
    """Have a further database on our own server under `root`, whatever the environment names."""
    began = time.monotonic()
    return replace(_own(root.absolute(), name), took=time.monotonic() - began)


def stop(root: Path) -> bool:
    """Stop every server of our own under `root`; tell whether one was running."""
    root = root.absolute()
    if not root.exists():
        return False
    user = server_user()
    with _locked(root):
        stopped = [cluster.stop_if_running(place, user) for place in recorded_placements(root)]
    return any(stopped)


def _own(root: Path, database: str) -> Endpoint:
    root.mkdir(parents=True, exist_ok=True)
    user = server_user()
    binaries = find_binaries()
    with _locked(root):
        place = placement(root, binaries, user)
        cluster.make_if_absent(place, user)
        started = cluster.start_if_stopped(place, user)
        admin_url = _url(place, cluster.ADMIN, place.admin_password, "postgres")
        roles.ensure_roles(admin_url, owner_password=place.owner_password, app_password=place.app_password)
        roles.ensure_own_database(admin_url, database)
    return Endpoint(
        owner_url=_url(place, roles.OWNER, place.owner_password, database),
        app_url=_url(place, roles.APP, place.app_password, database),
        version=binaries.version,
        source=binaries.source,
        started=started,
        took=0.0,
    )


def _given(owner_url: str) -> Endpoint:
    shown = _without_password(owner_url)
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as connection:
            number = connection.info.server_version
            version = f"{number // _TEN_THOUSAND}.{number % _HUNDRED}"
            if number < FLOOR * _TEN_THOUSAND:
                raise ServerTooOldError(version=version, floor=FLOOR)
            app_url = os.environ.get(APP_VARIABLE) or _become_app(connection, owner_url)
    except psycopg.OperationalError as refused:
        reason = " ".join(str(refused).split())
        raise ServerUnreachableError(place=shown, reason=reason) from refused
    return Endpoint(
        owner_url=owner_url, app_url=app_url, version=version, source=_GIVEN, started=False, took=0.0
    )


def _become_app(connection: psycopg.Connection, owner_url: str) -> str:
    """Return the owner's URL with the application role taken on as the connection opens."""
    try:
        roles.ensure_app_role(connection)
    except psycopg.errors.InsufficientPrivilege as refused:
        statements = "; ".join(roles.app_role_statements())
        raise AppRoleMissingError(role=roles.APP, statements=statements) from refused
    options = urlencode({"options": f"-c role={roles.APP}"}, quote_via=quote)
    return f"{owner_url}{'&' if urlsplit(owner_url).query else '?'}{options}"


def _url(place: Placement, role: str, password: str, database: str) -> str:
    query = urlencode({"host": place.sockets, "port": "5432"})
    return f"postgresql://{role}:{quote(password, safe='')}@/{quote(database, safe='')}?{query}"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the holder dies, however it dies."""
    with (root / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
