"""`zhiping serve`: from a stopped checkout to a page that answers."""

import hashlib
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import click

from zhiping.gateways import postgres
from zhiping.gateways.state_folder import state_folder
from zhiping.portals.console.errors import NotHealthyError, PortBusyError
from zhiping.portals.console.progress import step
from zhiping.portals.console.supervision import (
    Child,
    reclaim,
    sole_supervisor,
    start_child,
    stop_children,
    supervisor_of,
    watch,
)

HOST = "127.0.0.1"
WORLD = "zhiping.portals.console.world:load_if_empty"
"""Called without arguments once the tables are there; a world already loaded is left as it is."""

_PATIENCE = 60.0
_OK = 200


class Stopped(Exception):  # noqa: N818 - not an error: a person or the system asked for the end
    """Ctrl-C or a signal to end."""


@click.command()
@click.option(
    "--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口。"
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="网页服务的进程数。")
@click.option("--world/--no-world", "with_world", default=True, help="数据库为空时载入演示世界。")
@click.option("--stop", "only_stop", is_flag=True, help="停止本目录正在运行的服务。")
def serve(*, port: int, workers: int, with_world: bool, only_stop: bool) -> None:
    """启动全部服务：数据库、网页、后台任务；Ctrl-C 全部停止."""
    folder = state_folder() / "serve"
    if only_stop:
        _stop_running(folder)
        return
    began = time.monotonic()
    address = f"http://{HOST}:{port}/"
    with sole_supervisor(folder, address), _signals_end_us():
        reclaim(folder)
        _require_free(port)
        children: list[Child] = []
        endpoint = None
        try:
            with step("启动数据库"):
                endpoint = postgres.ensure(state_folder() / "postgres")
            click.echo(f"   PostgreSQL {endpoint.version}（{endpoint.source}）")
            os.environ.update(endpoint.environment())
            os.environ.setdefault("ZHIPING_PUBLIC_URL", f"http://{HOST}:{port}")
            _prepare(with_world=with_world)
            with step("启动服务"):
                _start(children, folder=folder, port=port, workers=workers)
                _wait_until_healthy(children, port)
            _greet(address, time.monotonic() - began)
            watch(children)
        except Stopped:
            click.echo("\n正在停止 …")
        finally:
            stop_children(children)
            if endpoint is not None and endpoint.source != "given":
                postgres.stop(state_folder() / "postgres")
            click.echo("已全部停止。")


def _stop_running(folder: Path) -> None:
    pid = supervisor_of(folder)
    if pid is None:
        click.echo("服务没有在运行。")
        return
    os.kill(pid, signal.SIGTERM)
    with step("停止服务"):
        while supervisor_of(folder) is not None:
            time.sleep(0.05)


@contextmanager
def _signals_end_us() -> Iterator[None]:
    """Turn Ctrl-C, a signal to end and a closed terminal into one exception, so that `finally` is walked."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)  # A second Ctrl-C must not break off the stopping.
        raise Stopped

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, end) for each in numbers}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _require_free(port: int) -> None:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((HOST, port))
        except OSError as refused:
            raise PortBusyError(port=port, other=port + 10) from refused


def _prepare(*, with_world: bool) -> None:
    """Bring tables, static files and the demo world up to date, as the owner of the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    os.environ.setdefault("ZHIPING_DEMO", "1")
    os.environ["ZHIPING_AS_OWNER"] = "1"
    try:
        with step("检查数据库结构"):
            import_module("django").setup()
            call_command = import_module("django.core.management").call_command
            if _has_unapplied_migrations():
                call_command("migrate", interactive=False, verbosity=0)
        with step("检查静态文件"):
            _collect_static(call_command)
        if with_world and (load := _world_loader()):
            with step("检查演示世界"):
                load()
        import_module("django.db").connections.close_all()
    finally:
        del os.environ["ZHIPING_AS_OWNER"]


def _has_unapplied_migrations() -> bool:
    """Tell whether there is anything to apply: asking is ten times quicker than applying nothing."""
    connection = import_module("django.db").connection
    executor = import_module("django.db.migrations.executor").MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _world_loader() -> Callable[[], object] | None:
    module, _, attribute = WORLD.partition(":")
    if find_spec(module) is None:
        return None
    found: Callable[[], object] | None = getattr(import_module(module), attribute, None)
    return found


def _collect_static(call_command: Callable[..., object]) -> None:
    """Collect static files when their names, sizes or times have changed since the last time."""
    settings = import_module("django.conf").settings
    finders = import_module("django.contrib.staticfiles.finders").get_finders()
    if not settings.STATIC_ROOT:
        return
    seen = hashlib.sha256()
    for finder in finders:
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            seen.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text(encoding="ascii") == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(seen.hexdigest(), encoding="ascii")


def _start(children: list[Child], *, folder: Path, port: int, workers: int) -> None:
    """Start the processes one by one, so that those started are known even if the next one fails."""
    environment = dict(os.environ)
    web = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", str(workers), "--no-ws"]
    commands = {"web": [sys.executable, "-m", "granian", *web, "zhiping.config.wsgi:application"]}
    if "procrastinate.contrib.django" in import_module("django.conf").settings.INSTALLED_APPS:
        commands["jobs"] = [sys.executable, "-m", "django", "procrastinate", "worker"]
    for name, command in commands.items():
        children.append(start_child(name, command, folder=folder, environment=environment))


def _wait_until_healthy(children: list[Child], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _is_healthy(port):
        for child in children:
            if child.process.poll() is not None:
                watch(children)
        if time.monotonic() > deadline:
            raise NotHealthyError(seconds=_PATIENCE, log=children[0].log, said=children[0].last_words())
        time.sleep(0.05)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _greet(address: str, took: float) -> None:
    click.echo(f"\n职评已就绪，用时 {took:.1f} 秒：{address}")
    click.echo(f"演示账号（各角色）列在登录页：{address}sign-in/")
    click.echo("按 Ctrl-C 停止全部服务；make reset 删除演示世界。\n")
