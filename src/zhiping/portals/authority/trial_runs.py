"""Trials of drafts (草案试算) as they are kept: files in the state folder, the owner's alone, for some days.

A run is a folder named by a key nobody can guess. It holds the draft, how far the run is, and what it
found. There is no table: nothing of a trial belongs to the record, and it goes after `KEPT_DAYS`.

Whoever carries a run out holds a lock on its folder, which the system takes back when the process dies,
however it dies: a run that says "running" while nobody holds its lock was broken off. What a run found
appears at once and whole, when it is done.
"""

import datetime as dt
import fcntl
import hashlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from procrastinate.contrib.django import app as jobs

from zhiping.apps.authorities import walls
from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of, reach
from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyBook, PolicyInvalidError
from zhiping.core.policybook.drafts import Change, changes
from zhiping.core.policybook.whatif import Differences
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import CHINA, Clock
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority.draft_files import Draft
from zhiping.portals.draft_law import DraftLaw, moved_since, with_draft
from zhiping.portals.trials import KINDS, Trial, on_record, try_draft

TASK = "policy.try_draft"
QUEUE = "trials"
KEPT_DAYS = 7
AT_ONCE = 3_000
"""Up to so many records a trial is carried out while the officer waits; more of them become a job."""

STUCK_AFTER = dt.timedelta(minutes=5)
"""A job that nobody has begun for so long waits for a worker that may not be running."""
BROKEN_OFF = "broken_off"
"""How a run is shown whose process died; it is never written, since the dead do not write."""

_KEY = re.compile(r"[0-9a-f]{32}\Z")
_TRIES, _PAUSE = 20, 0.05
"""How often, and after how many seconds, a lock is tried that a page looks at for a moment."""
_TABLES = ("judged", "records", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRun:
    """One trial: whose, of what, how far, what it found in figures."""

    key: str
    owner: str
    place: str
    on: str
    created_at: str
    files: tuple[str, ...]
    state: str = "waiting"
    step: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    failing_otherwise: int = 0
    facts_left_out: tuple[str, ...] = ()
    frozen: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Mapping[str, object], ...] = ()
    digest: str = ""
    """Of the draft as it was handed in."""
    trouble: str = ""
    """Why it failed, where that is known: a code; its sentence is the page's."""
    named: tuple[str, ...] = ()
    """What the trouble names: files."""
    as_reviewed: tuple[str, ...] = ()
    deleted_in_vain: tuple[str, ...] = ()

    @property
    def day(self) -> dt.date:
        """Return the day on which everything is judged."""
        return dt.date.fromisoformat(self.on)

    @property
    def moment(self) -> dt.datetime:
        """Return when it was asked for."""
        return dt.datetime.fromisoformat(self.created_at)


def start(draft: Draft, *, place: str, on: dt.date, actor: Actor, clock: Clock) -> TrialRun:
    """Keep a draft that loads and try it: at once where there is little to judge, else by a job."""
    sweep(clock)
    run = TrialRun(
        key=uuid.uuid4().hex,
        owner=actor.id,
        place=place,
        on=on.isoformat(),
        created_at=clock.now().isoformat(),
        files=tuple(sorted(draft.files)),
        total=sum(on_record(actor, place=place).values()),
    )
    folder = _folder(run.key)
    folder.mkdir(parents=True, mode=0o700)
    draft.write(folder / "draft")
    run = replace(run, digest=_digest(folder / "draft"))
    _keep(run)
    return _begin(run, actor, clock)


def again(run: TrialRun, actor: Actor, clock: Clock) -> TrialRun:
    """Try the same draft again after it failed, was broken off, or waits for nobody; else change nothing."""
    if run.state == "done" or _is_held(run.key):
        return run
    fresh = replace(
        run,
        state="waiting",
        step="",
        done=0,
        total=sum(on_record(actor, place=run.place).values()),
        created_at=clock.now().isoformat(),
        trouble="",
        named=(),
    )
    _keep(fresh)
    return _begin(fresh, actor, clock)


def _begin(run: TrialRun, actor: Actor, clock: Clock) -> TrialRun:
    if run.total <= AT_ONCE:
        return _carry_out(run.key, actor, clock) or run
    jobs.configure_task(TASK, queue=QUEUE).defer(key=run.key)
    return run


def load_draft(draft: Draft, folder: Path) -> DraftLaw:
    """Load the law with a draft that was written to a folder.

    Refuses:
        PolicyInvalidError: the files have problems; it carries all of them with file and line.
    """
    draft.write(folder)
    return with_draft(law(), folder, policy=policy_folder())


def carry_out(key: str, *, clock: Clock) -> TrialRun | None:
    """Carry out a run by a job, with the owner's duties of today; None where it was swept away.

    Safe to repeat: a run that died starts over; a finished one, and one that another process is at, is
    left alone.
    """
    run = _read(key)
    if run is None:
        return None
    account = Account.objects.get(pk=run.owner)
    actor = actor_of(account, on=clock.today())
    with walls.reaching(reach(actor)):
        return _carry_out(key, actor, clock)


def run_of(key: str, actor: Actor) -> TrialRun | None:
    """Return one of the actor's own runs; None where there is none of that key, or it is another's."""
    run = _read(key)
    return run if run is not None and run.owner == actor.id else None


def state_of(run: TrialRun) -> str:
    """Return how a run stands: as it says, or broken off where it says it runs and nobody is at it."""
    if run.state == "running" and not _is_held(run.key):
        late = _read(run.key)  # it may have come to its end between the two looks
        return BROKEN_OFF if late is None or late.state == "running" else late.state
    return run.state


def runs_of(actor: Actor, clock: Clock) -> list[TrialRun]:
    """Return the actor's own runs, the newest first."""
    sweep(clock)
    base = _base()
    found = [_read(path.name) for path in base.iterdir()] if base.exists() else []
    own = [run for run in found if run is not None and run.owner == actor.id]
    return sorted(own, key=lambda run: run.created_at, reverse=True)


def differences_of(run: TrialRun, actor: Actor) -> Differences:
    """Return what a run found, as far as it lies where the actor may read today."""
    folder = _folder(run.key) / "found"
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    reached = {name: _within(table, actor) for name, table in tables.items()}
    return Differences(
        on=run.day,
        **reached,
        failing_otherwise=run.failing_otherwise,
        facts_left_out=tuple(run.facts_left_out),
    )


def drop(run: TrialRun) -> None:
    """Remove a run with its draft and all that it found; who is carrying it out stops at the next step."""
    folder = _folder(run.key)
    gone = folder.with_name(f"gone-{run.key}")  # at once: nobody meets half a run
    with suppress(FileNotFoundError):  # somebody else dropped it
        folder.replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sweep(clock: Clock) -> None:
    """Remove the runs that are older than they are kept, and what a killed process left half made."""
    base, now = _base(), clock.now()
    for path in base.iterdir() if base.exists() else ():
        run = _read(path.name)
        if run is not None and now - run.moment > dt.timedelta(days=KEPT_DAYS):
            drop(run)
        elif run is None and _untouched_since(path) < now - dt.timedelta(days=1):
            shutil.rmtree(path, ignore_errors=True)


def _untouched_since(path: Path) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=CHINA)
    except FileNotFoundError:  # swept by somebody else
        return dt.datetime.max.replace(tzinfo=CHINA)


# carrying out ------------------------------------------------------------------------------------


class _DroppedError(Exception):
    """The run was dropped while it was carried out."""


def _carry_out(key: str, actor: Actor, clock: Clock) -> TrialRun | None:
    """Carry a run out under its lock; None where it was dropped meanwhile."""
    try:
        with _lock(key) as is_ours:
            run = _read(key)
            if run is None or run.state == "done" or not is_ours:
                return run
            try:
                return _tried(run, actor, clock)
            except _DroppedError:
                raise
            except Exception:
                _show(run, state="failed", step="", trouble="")
                raise
    except _DroppedError:
        return None


def _tried(run: TrialRun, actor: Actor, clock: Clock) -> TrialRun:
    began, current = clock.now(), law()
    run = _show(run, state="running", step="正在读取草案", done=0, trouble="", named=())
    folder = _folder(run.key) / "draft"
    try:
        draft = with_draft(current, folder, policy=policy_folder())
    except PolicyInvalidError as invalid:
        # It loaded when it was handed in: something below it changed.
        named = tuple(dict.fromkeys(one.file for one in invalid.problems))
        changed = _digest(folder) != run.digest
        return _show(
            run, state="failed", step="", trouble="draft_changed" if changed else "law_moved", named=named
        )
    if _digest(folder) != run.digest:
        return _show(run, state="failed", step="", trouble="draft_changed", named=run.files)
    if moved := moved_since(current, draft, run.files):
        return _show(run, state="failed", step="", trouble="law_moved", named=moved)
    differing = tuple(
        {**one.to_json(), "title": _title(draft.book, one)}
        for one in changes(current, draft.book, on=run.day)
    )

    def say(kind: str, done: int, total: int) -> None:
        _show(run, state="running", step=f"正在试算{KINDS.get(kind, '')}", done=done, total=total)

    trial = try_draft(draft.book, actor=actor, on=run.day, place=run.place, say=say)
    _write(run, trial)
    found = trial.differences
    total = int(found.judged["records"].sum())
    return _show(
        run,
        state="done",
        step="",
        done=total,
        total=total,
        seconds=(clock.now() - began).total_seconds(),
        failing_otherwise=found.failing_otherwise,
        facts_left_out=found.facts_left_out,
        frozen=dict(trial.frozen),
        changes=differing,
        as_reviewed=draft.as_reviewed,
        deleted_in_vain=draft.deleted_in_vain,
    )


def _title(book: PolicyBook, one: Change) -> str:
    """Return what a changed thing is called, by the draft: the law need not know it."""
    if one.thing in book.rules:
        return book.rules[one.thing].title
    return book.parameters[one.thing].label if one.thing in book.parameters else ""


def _write(run: TrialRun, trial: Trial) -> None:
    """Write what was found, so that it is there whole or not at all."""
    folder, part = _folder(run.key) / "found", _folder(run.key) / "found.part"
    for stale in (folder, part):  # of a run that was broken off
        shutil.rmtree(stale, ignore_errors=True)
    try:
        part.mkdir()
        for name in _TABLES:
            getattr(trial.differences, name).write_parquet(part / f"{name}.parquet")
        part.replace(folder)
    except FileNotFoundError as gone:
        raise _dropped_or(gone, run.key) from gone


@contextmanager
def _lock(key: str) -> Iterator[bool]:
    """Hold the lock of a run, or tell that another process holds it; it ends with the process."""
    try:
        file = (_folder(key) / "lock").open("a")
    except FileNotFoundError as gone:
        raise _dropped_or(gone, key) from gone
    with file:
        yield any(_took(file.fileno(), fcntl.LOCK_EX, pause=_PAUSE) for _ in range(_TRIES))


def _is_held(key: str) -> bool:
    """Tell whether a living process carries a run out."""
    try:
        file = (_folder(key) / "lock").open()
    except FileNotFoundError:
        return False
    with file:
        return not _took(file.fileno(), fcntl.LOCK_SH, pause=0)


def _took(file: int, kind: int, *, pause: float) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(pause)
        return False
    return True


def _dropped_or(error: Exception, key: str) -> Exception:
    return error if _folder(key).exists() else _DroppedError(key)


def _within(table: pl.DataFrame, actor: Actor) -> pl.DataFrame:
    """Keep the lines that lie where the actor holds the duty that reads their kind."""
    seen = pl.lit(value=False)
    for kind, duty in _DUTIES.items():
        here = pl.lit(value=False)
        for prefix in reach(actor, duty):
            here |= pl.col("place").str.starts_with(prefix)
        seen |= (pl.col("kind") == kind) & here
    return table.filter(seen)


_DUTIES = {"filing": "registry.read", "plan": "exams.read", "certificate": "certificates.read"}


# files -------------------------------------------------------------------------------------------


def _base() -> Path:
    return Path(settings.STATE_DIR) / "what-if"


def _folder(key: str) -> Path:
    if not _KEY.match(key):
        raise ValueError(key)
    return _base() / key


def _read(key: str) -> TrialRun | None:
    if not _KEY.match(key):
        return None
    try:
        kept = json.loads((_folder(key) / "run.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    known: dict[str, Any] = {one.name: kept[one.name] for one in fields(TrialRun) if one.name in kept}
    whole: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in known.items()
    }
    return TrialRun(**whole)


def _digest(folder: Path) -> str:
    """Return a digest over all files of a draft and their places."""
    seen = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        seen.update(f"{content} {path.relative_to(folder).as_posix()}\n".encode())
    return seen.hexdigest()


def _show(run: TrialRun, **now: object) -> TrialRun:
    """Write how far a run is, at once, so that whoever watches sees it."""
    shown = replace(run, **now)  # type: ignore[arg-type]  # the fields' own names
    _keep(shown)
    return shown


def _keep(run: TrialRun) -> None:
    file = _folder(run.key) / "run.json"
    draft = file.with_suffix(".part")
    try:
        draft.write_text(json.dumps(asdict(run), ensure_ascii=False), encoding="utf-8")
        draft.replace(file)
    except FileNotFoundError as gone:
        raise _dropped_or(gone, run.key) from gone
