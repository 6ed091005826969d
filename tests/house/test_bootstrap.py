"""The way from a bare machine to the environment: with nothing of a developer's shell to help it.

A small project with the real scripts stands in for the checkout, so nothing is fetched.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from zhiping.gateways.fonts import FontsMissingError, font_folders

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PATH = "/usr/bin:/bin"
TOOLS = [
    "awk",
    "cat",
    "cksum",
    "cut",
    "dirname",
    "grep",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sort",
    "tail",
]
TARGETS = [
    "run",
    "test",
    "reset",
    "stop",
    "lint",
    "format",
    "types",
    "contracts",
    "policy",
    "unit",
    "apps",
    "portals",
    "stories",
    "bench",
    "screenshots",
    "lock",
]
REAL_PYTHON = Path(sys._base_executable).resolve()

# A build of the small project that needs no package: what any build backend does, in a few lines.
BACKEND = """
import zipfile, pathlib

ABOUT = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

ABOUT = ABOUT

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr("small-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n")
        wheel.writestr("small-1.dist-info/WHEEL", ABOUT)
        wheel.writestr("small-1.dist-info/RECORD", "")
    return name

build_wheel = build_editable
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small"
version = "1"
"""


def the_uv():
    for candidate in (ROOT / ".zhiping" / "tools" / "uv" / "bin" / "uv", ROOT / ".venv" / "bin" / "uv"):
        if candidate.exists():
            return candidate.resolve()
    pytest.fail("neither .zhiping/tools nor .venv has uv: run scripts/bootstrap")
    return None


@pytest.fixture
def checkout(tmp_path):
    """A small project with the real scripts, in a folder whose name has a space."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "requirements.lock").write_text("")
    tools = folder / ".zhiping" / "tools" / "uv" / "bin"
    tools.mkdir(parents=True)
    (tools / "uv").symlink_to(the_uv())
    return folder


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def working_python(path):
    return executable(path, f'exec "{REAL_PYTHON}" "$@"')


def broken_python(path):
    """A shim of a version manager for a version that is not switched on."""
    return executable(path, "echo 'version not installed' >&2; exit 127")


def bootstrap(checkout, **environment):
    """Run the bootstrap as `env -i` would."""
    environment = {"PATH": SYSTEM_PATH, "UV_OFFLINE": "1", **environment}
    return subprocess.run(
        ["/bin/sh", str(checkout / "scripts" / "bootstrap")],
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def runs(checkout):
    python = checkout / ".venv" / "bin" / "python"
    return subprocess.run([python, "-c", "import small"], check=False, capture_output=True).returncode == 0


class TestFindingPython:
    def test_takes_the_newest_that_runs_and_skips_a_shim_that_fails(self, checkout, tmp_path):
        versions = tmp_path / "manager" / "versions"
        broken_python(versions / "3.14.9" / "bin" / "python3")
        working_python(versions / "3.12.9" / "bin" / "python3")
        noted = f'echo asked >> "{tmp_path}/asked"; exec "{REAL_PYTHON}" "$@"'
        executable(versions / "3.12.10" / "bin" / "python3", noted)
        done = bootstrap(checkout, PYENV_ROOT=str(tmp_path / "manager"), HOME=str(tmp_path / "nobody"))
        assert done.returncode == 0, done.stderr
        assert runs(checkout)
        assert (tmp_path / "asked").exists(), "3.12.10 is newer than 3.12.9"

    def test_finds_it_on_the_path_alone(self, checkout, tmp_path):
        working_python(tmp_path / "bin" / "python3.12")
        broken_python(tmp_path / "bin" / "python3.13")
        done = bootstrap(checkout, PATH=f"{tmp_path}/bin:{SYSTEM_PATH}")
        assert done.returncode == 0, done.stderr
        assert runs(checkout)

    @pytest.mark.parametrize("home", [None, "", "/nonexistent"])
    def test_needs_no_home(self, checkout, home):
        done = bootstrap(checkout, PYTHON=str(REAL_PYTHON), HOME=home)
        assert done.returncode == 0, done.stderr
        assert runs(checkout)

    def test_finds_it_in_the_home_of_a_version_manager(self, checkout, tmp_path):
        working_python(tmp_path / "home" / ".pyenv" / "versions" / "3.13.1" / "bin" / "python3")
        done = bootstrap(checkout, HOME=str(tmp_path / "home"))
        assert done.returncode == 0, done.stderr

    @pytest.mark.skipif(
        any(True for folder in ("/usr/bin", "/usr/local/bin") for _ in Path(folder).glob("python3.1[2-9]")),
        reason="this system's own Python is new enough",
    )
    def test_without_any_says_what_is_missing_and_the_line_to_run(self, checkout, tmp_path):
        bare = tmp_path / "bare"
        bare.mkdir()
        for tool in TOOLS:
            (bare / tool).symlink_to(shutil.which(tool))
        done = bootstrap(checkout, PATH=str(bare))
        assert done.returncode == 1
        assert "3.12 or later is needed" in done.stderr
        assert "make run" in done.stderr
        assert not (checkout / ".venv").exists()


class TestDoingItOnce:
    def test_a_second_call_says_nothing_and_does_nothing(self, checkout):
        def files():
            return {path: path.stat().st_mtime_ns for path in (checkout / ".venv").rglob("*")}

        assert bootstrap(checkout, PYTHON=str(REAL_PYTHON)).returncode == 0
        before = files()
        again = bootstrap(checkout, PYTHON=str(REAL_PYTHON))
        assert (again.returncode, again.stdout) == (0, "")
        assert files() == before

    def test_each_step_says_how_long_it_took(self, checkout):
        done = bootstrap(checkout, PYTHON=str(REAL_PYTHON))
        for title in ("making .venv", "installing the locked packages", "environment ready in"):
            assert re.search(rf"{title}.* \d+\.\d\d s", done.stdout), done.stdout

    @pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
    def test_a_changed_lock_or_project_is_installed(self, checkout, changed):
        assert bootstrap(checkout, PYTHON=str(REAL_PYTHON)).returncode == 0
        with (checkout / changed).open("a") as written:
            written.write("\n# changed\n")
        assert "installing the locked packages" in bootstrap(checkout, PYTHON=str(REAL_PYTHON)).stdout

    def test_an_environment_that_was_moved_is_made_anew(self, checkout, tmp_path):
        assert bootstrap(checkout, PYTHON=str(REAL_PYTHON)).returncode == 0
        moved = checkout.rename(tmp_path / "moved")
        done = bootstrap(moved, PYTHON=str(REAL_PYTHON))
        assert "making .venv" in done.stdout
        assert runs(moved)

    def test_an_environment_whose_python_is_gone_is_made_anew(self, checkout):
        assert bootstrap(checkout, PYTHON=str(REAL_PYTHON)).returncode == 0
        for link in (checkout / ".venv" / "bin").glob("python*"):
            link.unlink()
        done = bootstrap(checkout, PYTHON=str(REAL_PYTHON))
        assert done.returncode == 0, done.stderr
        assert runs(checkout)

    def test_a_failed_installation_leaves_no_stamp(self, checkout):
        (checkout / "requirements.lock").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
        environment = {"PYTHON": str(REAL_PYTHON), "PIP_NO_INDEX": "1"}
        assert bootstrap(checkout, **environment).returncode != 0
        assert "could not be installed" in bootstrap(checkout, **environment).stderr


class TestTheLock:
    @pytest.fixture
    def locked(self):
        text = (ROOT / "requirements.lock").read_text()
        return {
            re.sub(r"[-_.]+", "-", name).lower(): Version(version)
            for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE)
        }

    def test_meets_every_requirement_of_the_project(self, locked):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wanted = [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["database"],
            *project["dependency-groups"]["dev"],
        ]
        unmet = []
        for line in wanted:
            requirement = Requirement(line)
            version = locked.get(re.sub(r"[-_.]+", "-", requirement.name).lower())
            if version is None or version not in requirement.specifier:
                unmet.append(f"{line} (locked: {version})")
        assert not unmet, "run make lock"

    def test_has_hashes_and_names_no_address(self):
        text = (ROOT / "requirements.lock").read_text()
        assert "://" not in text
        entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert entries
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


class TestTheCommands:
    def test_every_script_is_plain_sh(self):
        scripts = [path for path in (ROOT / "scripts").iterdir() if path.suffix in {"", ".sh"}]
        assert len(scripts) >= 4
        for path in scripts:
            assert subprocess.run(["/bin/sh", "-n", path], check=False).returncode == 0, path

    def test_help_lists_what_the_guide_and_the_ci_rely_on(self):
        shown = subprocess.run(
            ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for name in TARGETS:
            assert re.search(rf"^  make {name} +\w", shown, re.MULTILINE), name

    def test_help_needs_no_environment(self, tmp_path):
        shutil.copy(ROOT / "Makefile", tmp_path)
        subprocess.run(["make", "help"], cwd=tmp_path, check=True, capture_output=True)
        assert not (tmp_path / ".venv").exists()

    def test_ci_runs_the_command_that_people_run(self):
        path = ROOT / ".ci" / "run"
        assert os.access(path, os.X_OK)
        assert re.search(r"^exec make .*\btest\b", path.read_text(), re.MULTILINE)

    def test_the_last_thing_a_full_test_does_is_pytest(self):
        lines = (ROOT / "scripts" / "test").read_text().strip().splitlines()
        assert lines[-1].startswith('exec "$bin/pytest"')


class TestFonts:
    def test_are_found_in_the_environment_or_the_system(self):
        assert all(folder.is_dir() for folder in font_folders())

    def test_named_folder_comes_first(self, tmp_path, monkeypatch):
        (tmp_path / "NotoSerifSC-Regular.otf").touch()
        monkeypatch.setenv("ZHIPING_FONTS", str(tmp_path))
        assert font_folders()[0] == tmp_path

    def test_without_any_says_the_line_to_run(self, tmp_path, monkeypatch):
        monkeypatch.setattr("zhiping.gateways.fonts._SYSTEM", (tmp_path,))
        monkeypatch.setattr("zhiping.gateways.fonts._PACKAGE", "no_such_package")
        with pytest.raises(FontsMissingError, match="fonts-noto-cjk"):
            font_folders()
