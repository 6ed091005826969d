"""Trials of drafts (草案试算) as they are kept: files in the state folder, the owner's alone, for some days.

A run is a folder named by a key nobody can guess. It holds the draft, how far the run is, and what it
found. There is no table: nothing of a trial belongs to the record, and it goes after `KEPT_DAYS`.
"""

import datetime as dt
import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl
from django.conf import settings
from procrastinate.contrib.django import app as jobs

from zhiping.apps.authorities import walls
from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of, reach
from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.drafts import changes
from zhiping.core.policybook.whatif import Differences
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority.draft_files import Draft
from zhiping.portals.trials import KINDS, Trial, on_record, try_draft

TASK = "policy.try_draft"
QUEUE = "trials"
KEPT_DAYS = 7
AT_ONCE = 3_000
"""Up to so many records a trial is carried out while the officer waits; more of them become a job."""

_KEY = re.compile(r"[0-9a-f]{32}\Z")
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
    _keep(run)
    if run.total <= AT_ONCE:
        return _carry_out(run, actor, clock)
    jobs.configure_task(TASK, queue=QUEUE).defer(key=run.key)
    return run


def load_draft(draft: Draft, folder: Path) -> PolicyBook:
    """Load the law with a draft that was written to a folder.

    Refuses:
        PolicyInvalidError: the files have problems; it carries all of them with file and line.
    """
    draft.write(folder)
    return PolicyBook.load(policy_folder(), draft=folder)


def carry_out(key: str, *, clock: Clock) -> TrialRun | None:
    """Carry out a run by a job, with the owner's duties of today; None where it was swept away.

    Safe to repeat: a run that died starts over; a finished one is left alone.
    """
    run = _read(key)
    if run is None or run.state == "done":
        return run
    account = Account.objects.get(pk=run.owner)
    actor = actor_of(account, on=clock.today())
    with walls.reaching(reach(actor)):
        return _carry_out(run, actor, clock)


def run_of(key: str, actor: Actor) -> TrialRun | None:
    """Return one of the actor's own runs; None where there is none of that key, or it is another's."""
    run = _read(key)
    return run if run is not None and run.owner == actor.id else None


def runs_of(actor: Actor, clock: Clock) -> list[TrialRun]:
    """Return the actor's own runs, the newest first."""
    sweep(clock)
    base = _base()
    found = [_read(path.name) for path in base.iterdir()] if base.exists() else []
    own = [run for run in found if run is not None and run.owner == actor.id]
    return sorted(own, key=lambda run: run.created_at, reverse=True)


def differences_of(run: TrialRun, actor: Actor) -> Differences:
    """Return what a run found, as far as it lies where the actor may read today."""
    folder = _folder(run.key)
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    reached = {name: _within(table, actor) for name, table in tables.items()}
    return Differences(
        on=run.day,
        **reached,
        failing_otherwise=run.failing_otherwise,
        facts_left_out=tuple(run.facts_left_out),
    )


def drop(run: TrialRun) -> None:
    """Remove a run with its draft and all that it found."""
    shutil.rmtree(_folder(run.key), ignore_errors=True)


def sweep(clock: Clock) -> None:
    """Remove the runs that are older than they are kept."""
    base, now = _base(), clock.now()
    for path in base.iterdir() if base.exists() else ():
        run = _read(path.name)
        if run is not None and now - run.moment > dt.timedelta(days=KEPT_DAYS):
            drop(run)


# carrying out ------------------------------------------------------------------------------------


def _carry_out(run: TrialRun, actor: Actor, clock: Clock) -> TrialRun:
    began = clock.now()
    run = _show(run, state="running", step="正在读取草案", done=0)
    try:
        draft = PolicyBook.load(policy_folder(), draft=_folder(run.key) / "draft")
        differing = tuple(one.to_json() for one in changes(law(), draft, on=run.day))

        def say(kind: str, done: int, total: int) -> None:
            _show(run, state="running", step=f"正在试算{KINDS.get(kind, '')}", done=done, total=total)

        trial = try_draft(draft, actor=actor, on=run.day, place=run.place, say=say)
        _write(run, trial)
    except Exception:
        _show(run, state="failed", step="")
        raise
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
    )


def _write(run: TrialRun, trial: Trial) -> None:
    for name in _TABLES:
        getattr(trial.differences, name).write_parquet(_folder(run.key) / f"{name}.parquet")


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
    except FileNotFoundError:
        return None
    lists = {name: tuple(kept[name]) for name in ("files", "facts_left_out", "changes")}
    return TrialRun(**{**kept, **lists})


def _show(run: TrialRun, **now: object) -> TrialRun:
    """Write how far a run is, at once, so that whoever watches sees it."""
    shown = replace(run, **now)  # type: ignore[arg-type]  # the fields' own names
    _keep(shown)
    return shown


def _keep(run: TrialRun) -> None:
    file = _folder(run.key) / "run.json"
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(asdict(run), ensure_ascii=False), encoding="utf-8")
    draft.replace(file)
