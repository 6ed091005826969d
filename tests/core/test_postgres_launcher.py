"""The launcher of PostgreSQL, as those who start it meet it: two sources, kills, locks, closed folders."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest

from zhiping.gateways import postgres
from zhiping.gateways.postgres.binaries import find_binaries
from zhiping.gateways.postgres.errors import (
    BinariesMissingError,
    ServerTooOldError,
    ServerUnreachableError,
    SourceUnknownError,
)
from zhiping.gateways.postgres.messages import SENTENCES
from zhiping.kernel.errors import DomainError

pytestmark = pytest.mark.slow
IS_ROOT = os.geteuid() == 0
NAMED = ("ZHIPING_DATABASE_URL", "ZHIPING_APP_DATABASE_URL", "ZHIPING_POSTGRES_SOURCE")


def has_source(name):
    before = os.environ.get("ZHIPING_POSTGRES_SOURCE")
    os.environ["ZHIPING_POSTGRES_SOURCE"] = name
    try:
        find_binaries(may_install=False)
    except BinariesMissingError:
        return False
    finally:
        if before is None:
            del os.environ["ZHIPING_POSTGRES_SOURCE"]
        else:
            os.environ["ZHIPING_POSTGRES_SOURCE"] = before
    return True


SOURCES = [
    pytest.param(
        name, marks=pytest.mark.skipif(not has_source(name), reason=f"no {name} binaries on this machine")
    )
    for name in ("wheel", "system")
]


@pytest.fixture(autouse=True)
def no_named_server(monkeypatch):
    for variable in NAMED:
        monkeypatch.delenv(variable, raising=False)


@contextmanager
def open_folder():
    """A folder that the server's user can pass through: pytest's own are closed to others."""
    made = Path(tempfile.mkdtemp(prefix="zhiping-test-", dir="/tmp"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        postgres.stop(made / "postgres")
        shutil.rmtree(made)


@pytest.fixture
def folder():
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def shared():
    """One running server for the tests that only look."""
    with pytest.MonkeyPatch.context() as patch, open_folder() as made:
        for variable in NAMED:
            patch.delenv(variable, raising=False)
        postgres.ensure(made / "postgres")
        yield made


def ask(url, question):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()


def the_record(root):
    (path,) = root.glob("*/placement.json")
    return json.loads(path.read_text())


@pytest.mark.parametrize("source", SOURCES)
class TestEitherSource:
    @pytest.fixture(autouse=True)
    def choose(self, monkeypatch, source):
        monkeypatch.setenv("ZHIPING_POSTGRES_SOURCE", source)

    def test_starts_once_is_found_running_stops_and_keeps_its_rows(self, folder, source):
        root = folder / "postgres"
        first = postgres.ensure(root)
        assert (first.source, first.started) == (source, True)
        with psycopg.connect(first.owner_url) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        again = postgres.ensure(root)
        assert (again.started, again.app_url) == (False, first.app_url)
        assert postgres.stop(root)
        assert not postgres.stop(root)
        assert postgres.ensure(root).started
        assert ask(first.app_url, "SELECT n FROM kept") == (7,)

    def test_the_application_role_may_use_tables_but_not_own_or_bypass(self, folder):
        endpoint = postgres.ensure(folder / "postgres")
        assert ask(
            endpoint.app_url,
            "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user",
        ) == ("zhiping_app", False, False, False)
        with psycopg.connect(endpoint.owner_url) as connection:
            connection.execute("CREATE TABLE walled (place text)")
            connection.execute("INSERT INTO walled VALUES ('440600'), ('210100')")
            connection.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
            connection.execute("CREATE POLICY only_here ON walled USING (place = '440600')")
        assert ask(endpoint.app_url, "SELECT array_agg(place) FROM walled") == (["440600"],)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(endpoint.app_url, "CREATE TABLE mine (n int)")

    def test_a_further_database_gives_the_same_rights(self, folder):
        endpoint = postgres.ensure_database(folder / "postgres", "another")
        with psycopg.connect(endpoint.owner_url) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("CREATE TABLE shown AS SELECT 1 AS n")
        assert ask(endpoint.app_url, "SELECT current_database(), n FROM shown") == ("another", 1)

    def test_checks_its_pages_speaks_utf8_and_listens_on_no_address(self, folder):
        endpoint = postgres.ensure(folder / "postgres")
        assert ask(
            endpoint.app_url,
            "SELECT current_setting('data_checksums'), current_setting('server_encoding'),"
            " current_setting('listen_addresses')",
        ) == ("on", "UTF8", "")

    def test_comes_back_after_the_server_was_killed(self, folder):
        endpoint = postgres.ensure(folder / "postgres")
        with psycopg.connect(endpoint.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        data = Path(the_record(folder / "postgres")["data"])
        os.kill(int((data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        assert postgres.ensure(folder / "postgres").started
        assert ask(endpoint.app_url, "SELECT count(*) FROM kept") == (1000,)


def test_nobody_but_the_servers_user_reaches_socket_data_or_passwords(shared):
    root = shared / "postgres"
    postgres.ensure(root)
    record = the_record(root)
    for name in ("data", "sockets"):
        assert Path(record[name]).stat().st_mode & 0o077 == 0
    (path,) = root.glob("*/placement.json")
    assert path.stat().st_mode & 0o177 == 0
    if IS_ROOT:
        assert pwd.getpwuid(Path(record["data"]).stat().st_uid).pw_name in {"postgres", "nobody"}


def test_a_role_without_its_password_is_refused(shared):
    postgres.ensure(shared / "postgres")
    sockets = the_record(shared / "postgres")["sockets"]
    for role in ("postgres", "zhiping_owner", "zhiping_app"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=sockets, user=role, dbname="zhiping", password="guess").close()


def test_a_lock_file_naming_some_other_process_does_not_block_the_start(folder):
    root = folder / "postgres"
    postgres.ensure(root)
    data = Path(the_record(root)["data"])
    written = (data / "postmaster.pid").read_text().splitlines()
    postgres.stop(root)
    sleeper_user = data.stat().st_uid if IS_ROOT else None
    with subprocess.Popen(["sleep", "60"], user=sleeper_user) as sleeper:
        try:
            (data / "postmaster.pid").write_text("\n".join([str(sleeper.pid), *written[1:]]) + "\n")
            os.chown(data / "postmaster.pid", data.stat().st_uid, data.stat().st_gid)
            assert postgres.ensure(root).started
        finally:
            sleeper.kill()


def _ensure(root):
    return postgres.ensure(root).started


def test_eight_processes_at_once_make_one_server(folder):
    with ProcessPoolExecutor(8, mp_context=get_context("spawn")) as pool:
        started = list(pool.map(_ensure, [folder / "postgres"] * 8))
    assert sorted(started) == [False] * 7 + [True]


def test_an_initialisation_that_was_broken_off_is_done_anew(folder):
    root = folder / "postgres"
    postgres.ensure(root)
    postgres.stop(root)
    record = the_record(root)
    (Path(record["home"]) / "initialised").unlink()
    (Path(record["data"]) / "global" / "pg_control").unlink()
    endpoint = postgres.ensure(root)
    assert ask(endpoint.app_url, "SELECT 1") == (1,)


@pytest.mark.skipif(not IS_ROOT, reason="only root's server runs as another user")
def test_a_checkout_that_the_servers_user_cannot_enter_is_left_as_closed_as_it_was(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    endpoint = postgres.ensure(closed / "postgres")
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        record = the_record(closed / "postgres")
        assert record["home"].startswith("/var/tmp/zhiping-")
        assert ask(endpoint.app_url, "SELECT 1") == (1,)
        assert not postgres.ensure(closed / "postgres").started
    finally:
        postgres.stop(closed / "postgres")
        shutil.rmtree(record["home"])


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(folder):
    deep = folder / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    endpoint = postgres.ensure(deep / "postgres")
    sockets = Path(the_record(deep / "postgres")["sockets"])
    try:
        assert ask(endpoint.app_url, "SELECT 1") == (1,)
        assert not sockets.is_relative_to(folder)
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        postgres.stop(deep / "postgres")
        shutil.rmtree(sockets.parent)


def test_a_copied_checkout_never_opens_the_database_of_its_original(folder):
    original = postgres.ensure(folder / "postgres")
    with psycopg.connect(original.owner_url) as connection:
        connection.execute("CREATE TABLE original_only (n int)")
    shutil.copytree(folder / "postgres", folder / "copy", ignore=shutil.ignore_patterns("run"))
    copied = postgres.ensure(folder / "copy")
    try:
        assert ask(copied.app_url, "SELECT to_regclass('original_only')") == (None,)
        assert postgres.stop(folder / "copy")
        assert ask(original.app_url, "SELECT count(*) FROM original_only") == (0,)
    finally:
        postgres.stop(folder / "copy")


def test_a_moved_checkout_keeps_its_rows(folder):
    endpoint = postgres.ensure(folder / "before")
    with psycopg.connect(endpoint.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 5 AS n")
    postgres.stop(folder / "before")
    (folder / "before").rename(folder / "postgres")
    moved = postgres.ensure(folder / "postgres")
    assert ask(moved.app_url, "SELECT n FROM kept") == (5,)


class TestNamedServer:
    def test_is_used_as_it_is_with_the_application_role_taken_on(self, shared, monkeypatch):
        own = postgres.ensure(shared / "postgres")
        record = the_record(shared / "postgres")
        admin = own.owner_url.replace("zhiping_owner", "postgres").replace(
            record["owner_password"], record["admin_password"]
        )
        monkeypatch.setenv("ZHIPING_DATABASE_URL", admin)
        named = postgres.ensure(shared / "elsewhere")
        assert (named.source, named.started, named.owner_url) == ("given", False, admin)
        assert not (shared / "elsewhere").exists()
        assert ask(named.app_url, "SELECT current_user, current_setting('is_superuser')") == (
            "zhiping_app",
            "off",
        )

    def test_that_does_not_answer_is_named_without_its_password(self, shared, monkeypatch):
        monkeypatch.setenv("ZHIPING_DATABASE_URL", f"postgresql://me:secret@/zhiping?host={shared}")
        with pytest.raises(ServerUnreachableError) as refused:
            postgres.ensure(shared / "postgres")
        assert "secret" not in SENTENCES[refused.value.code].format(**refused.value.facts)

    def test_that_is_too_old_is_refused(self, shared, monkeypatch):
        own = postgres.ensure(shared / "postgres")
        monkeypatch.setenv("ZHIPING_DATABASE_URL", own.owner_url)
        monkeypatch.setattr("zhiping.gateways.postgres.launcher.FLOOR", 99)
        with pytest.raises(ServerTooOldError, match="99"):
            postgres.ensure(shared / "postgres")


def test_an_unknown_source_is_refused_and_a_missing_one_says_the_line(monkeypatch):
    monkeypatch.setenv("ZHIPING_POSTGRES_SOURCE", "brew")
    with pytest.raises(SourceUnknownError, match="brew"):
        find_binaries()
    monkeypatch.setenv("ZHIPING_POSTGRES_SOURCE", "system")
    monkeypatch.setattr("zhiping.gateways.postgres.binaries._SYSTEM_FOLDERS", ())
    with pytest.raises(BinariesMissingError, match="apt-get install -y postgresql"):
        find_binaries(may_install=False)


def test_every_refusal_has_a_sentence():
    module = sys.modules["zhiping.gateways.postgres.errors"]
    codes = {
        each.code
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, DomainError)
    }
    assert codes - {DomainError.code} == set(SENTENCES)


def test_urls_are_not_shown_when_an_endpoint_is_printed(shared):
    endpoint = postgres.ensure(shared / "postgres")
    assert "postgresql://" not in repr(endpoint)


def test_a_second_start_finds_the_server_that_runs(shared):
    first = postgres.ensure(shared / "postgres")
    (running,) = (shared / "postgres").rglob("postmaster.pid")
    before = running.read_text().splitlines()[0]
    assert postgres.ensure(shared / "postgres").app_url == first.app_url
    assert running.read_text().splitlines()[0] == before
