"""Starting and stopping the service: nothing is left behind, whatever ends it."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from zhiping.gateways.postgres import for_tests
from zhiping.kernel.errors import DomainError
from zhiping.portals.console import errors
from zhiping.portals.console.errors import AlreadyServingError, ChildEndedError, PortBusyError
from zhiping.portals.console.main import COMMANDS, main
from zhiping.portals.console.messages import SENTENCES, sentence
from zhiping.portals.console.serve import _require_free
from zhiping.portals.console.supervision import (
    MARK,
    reclaim,
    sole_supervisor,
    start_child,
    stop_children,
    supervisor_of,
    watch,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(120)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(120)"]

SUPERVISOR = """
    import sys, time
    from pathlib import Path
    from zhiping.portals.console.supervision import sole_supervisor, start_child
    folder = Path(sys.argv[1])
    with sole_supervisor(folder, "http://here/"):
        # A child with a child of its own, as a server with its workers.
        command = [sys.executable, "-c", sys.argv[2]]
        child = start_child("web", command, folder=folder, environment={})
        print(child.process.pid, flush=True)
        time.sleep(120)
"""
FAMILY = """
    import subprocess, sys, time
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(120)"
    subprocess.Popen([sys.executable, "-c", deaf])
    time.sleep(120)
"""


def marked(folder):
    wanted = f"{MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def eventually(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_ends_the_rest(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISOR), str(tmp_path), textwrap.dedent(FAMILY)],
        stdout=subprocess.PIPE,
        text=True,
    ) as supervisor:
        child = int(supervisor.stdout.readline())
        assert eventually(lambda: len(marked(tmp_path)) == 2)
        assert supervisor_of(tmp_path) == supervisor.pid
        supervisor.kill()
        supervisor.wait()
    assert eventually(lambda: child not in marked(tmp_path)), "the child outlived its supervisor"
    assert supervisor_of(tmp_path) is None
    with sole_supervisor(tmp_path, "http://here/"):
        assert reclaim(tmp_path) == 1
    assert marked(tmp_path) == []


def test_a_second_supervisor_is_told_where_the_first_serves(tmp_path):
    with sole_supervisor(tmp_path, "http://127.0.0.1:8000/"):
        with (
            pytest.raises(AlreadyServingError) as refused,
            sole_supervisor(tmp_path, "http://127.0.0.1:9000/"),
        ):
            pass
        assert f"{os.getpid()}" in sentence(refused.value)
        assert "http://127.0.0.1:8000/" in sentence(refused.value)


def test_a_child_that_ends_is_named_with_its_last_words(tmp_path):
    child = start_child(
        "web",
        [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"],
        folder=tmp_path,
        environment={},
    )
    with pytest.raises(ChildEndedError) as refused:
        watch([child])
    told = sentence(refused.value)
    assert "web" in told
    assert "3" in told
    assert "no such table" in told


def test_stopping_ends_even_a_child_that_will_not_listen(tmp_path, monkeypatch):
    monkeypatch.setattr("zhiping.portals.console.supervision._GRACE", 0.5)
    children = [
        start_child(name, command, folder=tmp_path, environment={})
        for name, command in (("web", SLEEP), ("jobs", STUBBORN))
    ]
    time.sleep(0.5)
    stop_children(children)
    assert [child.process.poll() for child in children] == [-signal.SIGTERM, -signal.SIGKILL]


def test_a_busy_port_is_refused_with_another_to_try():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(PortBusyError) as refused:
            _require_free(port)
    assert f"PORT={port + 10} make run" in sentence(refused.value)
    _require_free(port)


@pytest.fixture
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIPING_STATE_DIR", str(tmp_path))
    return tmp_path


def test_a_refusal_is_one_sentence_and_status_1(own_state, capsys):
    with (
        sole_supervisor(own_state / "serve", "http://127.0.0.1:8000/"),
        pytest.raises(SystemExit) as ended,
    ):
        main(["serve", "--port", "8000"])
    assert ended.value.code == 1
    assert "已在运行" in capsys.readouterr().err


def test_every_refusal_of_the_command_line_has_a_sentence():
    codes = {
        each.code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, DomainError) and each is not DomainError
    }
    assert codes <= set(SENTENCES)


def test_every_command_that_is_there_can_be_asked_for_help(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    assert {"serve", "db"} <= {name for name in COMMANDS if f"\n  {name} " in listed}


class TestReset:
    @pytest.fixture(autouse=True)
    def nothing_named(self, monkeypatch):
        for variable in ("ZHIPING_DATABASE_URL", "ZHIPING_APP_DATABASE_URL", "YES"):
            monkeypatch.delenv(variable, raising=False)

    def test_deletes_nothing_when_nobody_agrees(self, own_state):
        (own_state / "postgres").mkdir()
        asked = run_zhiping(["db", "reset"], own_state)
        assert asked.returncode != 0
        assert (own_state / "postgres").exists()

    def test_deletes_database_and_files_when_told_but_keeps_the_rest(self, own_state):
        for name in ("postgres", "files", "tools"):
            (own_state / name).mkdir()
        assert run_zhiping(["db", "reset"], own_state, YES="1").returncode == 0
        assert sorted(each.name for each in own_state.iterdir()) == ["tools"]


def run_zhiping(arguments, state, **environment):
    command = [sys.executable, "-m", "zhiping.portals.console", *arguments]
    return subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin", "ZHIPING_STATE_DIR": str(state), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_tests_never_use_the_database_of_the_shell(tmp_path):
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from zhiping.gateways.postgres import for_tests; print(for_tests.ENDPOINT.owner_url)",
        ],
        env={**os.environ, "ZHIPING_DATABASE_URL": "postgresql://someone@127.0.0.1:1/precious", "CI": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == for_tests.ENDPOINT.owner_url
