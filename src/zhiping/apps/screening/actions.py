"""Requesting and carrying out runs; judging findings."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from procrastinate.contrib.django import app as jobs

from zhiping.apps.authorities.walls import reaching
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses, law
from zhiping.apps.registry.queries import body_ids
from zhiping.apps.screening.errors import FindingNotFoundError, JudgementNoteMissingError, RunUnderWayError
from zhiping.apps.screening.models import Finding, Run
from zhiping.apps.screening.queries import screens
from zhiping.apps.screening.snapshot import take_snapshot
from zhiping.apps.screening.states import JUDGEMENT_MOVES, FindingState, Judgement, RunState
from zhiping.core.catalogues.files import read_rows
from zhiping.core.sieve.contract import ENTRY_CONDITIONS, Type
from zhiping.core.sieve.findings import reconcile
from zhiping.core.sieve.reading import read_folder
from zhiping.core.sieve.running import RunReport, run_screens
from zhiping.core.sieve.writing import as_mapping
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

TASK = "screening.carry_out"
_CLAUSES = ("LN24-3.6a", "LN24-3.6b", "LN24-3.6c")
_SYSTEM = Actor(kind=ActorKind.SYSTEM, id="screening", name="筛查程序")


def request_run(place: str, *, actor: Actor, clock: Clock) -> Run:
    """Request a screening of all data of a place as of today (发起筛查); a job carries it out.

    Authority:
        LN24-3.6a.
    Duty:
        screening.run, at the place.
    Refuses:
        RunUnderWayError: one is waiting or running.
    """
    actor.require("screening.run", Place(place))
    with transaction.atomic():
        under_way = Run.objects.filter(place=place, state__in=(RunState.WAITING, RunState.RUNNING)).first()
        if under_way is not None:
            raise RunUnderWayError(since=f"{under_way.requested_at:%Y-%m-%d %H:%M}")
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    place=place,
                    as_of=clock.today(),
                    requested_by=actor.name,
                    requested_at=clock.now(),
                    steps_total=len(screens()) + 2,
                )
        except IntegrityError as quicker:
            raise RunUnderWayError(since="刚刚") from quicker
        record(
            "screening.run_requested",
            run,
            actor=actor,
            at=clock.now(),
            place=place,
            clauses=binding_clauses(_CLAUSES, place=place, on=clock.today()),
        )
        jobs.configure_task(TASK).defer(run_id=run.pk)
    return run


def carry_out(run_id: int, *, clock: Clock) -> Run:
    """Carry out a requested run (执行筛查): snapshot, screens, findings reconciled with those known.

    Safe to repeat: a run that died is carried out again from its start; a finished one is left alone.

    Authority:
        LN24-3.6a (whole process, whole flow; the report proves that nothing was left out).
    """
    run = Run.objects.get(pk=run_id)
    if run.state == RunState.DONE:
        return run
    _show(run, state=RunState.RUNNING, step="正在取数", steps_done=0, started_at=clock.now(), failure="")
    base = Path(settings.STATE_DIR) / "snapshots"
    base.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix=f"run-{run.pk}-", dir=base) as folder:
            digest = take_snapshot(Path(folder))
            report = _screen(run, Path(folder))
            _show(run, step="正在比对既有发现", steps_done=run.steps_total - 1)
            with reaching(("",)):
                _settle(run, report, digest, clock)
    except Exception as broken:
        _show(run, state=RunState.FAILED, failure=f"{type(broken).__name__}: {broken}"[:500])
        raise
    return run


def judge_finding(finding_id: int, verb: str, *, note: str, actor: Actor, clock: Clock) -> Finding:
    """Judge a finding (研判): confirm it as a lead, reject it as a false alarm, or reconsider.

    Authority:
        LN24-3.6a; a finding alone is never a violation.
    Duty:
        screening.judge, at the finding's place.
    Refuses:
        FindingNotFoundError, JudgementNoteMissingError, MoveNotAllowedError, DutyMissingError.
    """
    with transaction.atomic():
        finding = Finding.objects.select_for_update(of=("self",)).filter(pk=finding_id).first()
        if finding is None:
            raise FindingNotFoundError(value=finding_id)
        move = walk(JUDGEMENT_MOVES, finding.judgement, verb, actor=actor, place=Place(finding.place))
        if not note.strip():
            raise JudgementNoteMissingError
        before, finding.judgement = finding.judgement, move.to
        finding.judged_by, finding.judged_at, finding.judgement_note = actor.name, clock.now(), note
        finding.save(update_fields=["judgement", "judged_by", "judged_at", "judgement_note"])
        record(
            "screening.finding_judged",
            finding,
            actor=actor,
            at=clock.now(),
            place=finding.place,
            clauses=binding_clauses(move.clauses, place=finding.place, on=clock.today()),
            facts={"before": Judgement(before).label, "after": Judgement(move.to).label, "note": note},
        )
    return finding


def _show(run: Run, **changes: object) -> None:
    """Write the progress at once, so that whoever watches sees it."""
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=list(changes))


def _screen(run: Run, folder: Path) -> RunReport:
    def progress(screen_id: str, number: int, _total: int) -> None:
        title = next(screen.title for screen in screens() if screen.id == screen_id)
        _show(run, step=f"{screen_id} {title}", steps_done=number)

    with read_folder(folder) as snapshot:
        return run_screens(
            snapshot,
            screens(),
            parameters=parameter_rows(),
            entry_conditions=entry_condition_rows(),
            place=run.place,
            as_of=run.as_of,
            progress=progress,
        )


def parameter_rows() -> list[tuple[object, ...]]:
    """Return the whole-number parameters of the law as the screens take them."""
    return [
        (row.key, row.place, row.valid_from, row.valid_to, row.value, row.clause)
        for row in law().parameter_rows()
        if isinstance(row.value, int) and not isinstance(row.value, bool)
    ]


def entry_condition_rows() -> list[Mapping[str, object]]:
    """Return the entry conditions as the screens take them."""
    whole = {column.name for column in ENTRY_CONDITIONS.columns if column.type is Type.WHOLE}
    return [
        {name: (int(text) if name in whole else text) if text else None for name, text in row.items()}
        for row in read_rows("entry_conditions.csv")
    ]


def _settle(run: Run, report: RunReport, digest: str, clock: Clock) -> None:
    found = report.findings()
    known = Finding.objects.all()
    previous = pl.DataFrame(
        [
            {
                **dict.fromkeys(found.columns),
                "finding": row.fingerprint,
                "screen_id": row.screen_id,
                "place": row.place,
                "body_place": row.body.place if row.body else None,
                "state": row.state,
            }
            for row in known.select_related("body")
        ],
        schema={**found.schema, "state": pl.String},
    )
    parts = reconcile(previous, found, screens_that_ran=report.screens_that_ran, place=run.place)
    now = clock.now()
    bodies = {str(pk): pk for pk in body_ids()}
    fresh = [_finding_of(row, run, bodies) for row in parts.opened.iter_rows(named=True)]
    Finding.objects.bulk_create(fresh, batch_size=1000)
    known.filter(fingerprint__in=parts.seen_again["finding"].to_list()).update(
        last_run=run, times_seen=F("times_seen") + 1
    )
    known.filter(fingerprint__in=parts.reopened["finding"].to_list()).update(
        state=FindingState.OPEN,
        cured_run=None,
        last_run=run,
        times_seen=F("times_seen") + 1,
        times_reopened=F("times_reopened") + 1,
        judgement=Judgement.PENDING,
    )
    known.filter(fingerprint__in=parts.cured["finding"].to_list()).update(
        state=FindingState.CURED, cured_run=run
    )
    counts = {
        "opened": parts.opened.height,
        "seen_again": parts.seen_again.height,
        "reopened": parts.reopened.height,
        "cured": parts.cured.height,
    }
    run.report = {**as_mapping(report), "findings_by_change": counts}
    run.snapshot_sha256 = digest
    run.state, run.step, run.steps_done, run.finished_at = RunState.DONE, "已完成", run.steps_total, now
    run.save()
    record(
        "screening.run_done",
        run,
        actor=_SYSTEM,
        at=now,
        place=run.place,
        clauses=binding_clauses(_CLAUSES, place=run.place, on=run.as_of),
        facts={**counts, "snapshot_sha256": digest},
    )


def _finding_of(row: Mapping[str, Any], run: Run, bodies: Mapping[str, int]) -> Finding:
    return Finding(
        fingerprint=row["finding"],
        screen_id=row["screen_id"],
        severity=row["severity"],
        key=str(row["key"])[:300],
        # A certificate number from nowhere still lies in the place that was screened.
        place=row["place"] or row["body_place"] or run.place,
        body_id=bodies.get(str(row["body_id"])),
        occurred_on=row["day"],
        reason=row["reason"],
        clauses=row["clauses"],
        evidence=json.loads(str(row["evidence"])),
        first_run=run,
        last_run=run,
    )
