"""Lists by workbook: preview, then the good rows when the officer says so; bad rows come back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.reference.actions.directories import open_for_change
from zhiping.apps.reference.actions.duty import alone, filed_at
from zhiping.apps.reference.actions.importers import (
    IMPORTERS,
    Importer,
    Outcome,
    Scope,
    objections_to,
    scope_of,
    weigh,
)
from zhiping.apps.reference.errors import EditionNotFoundError, ImportNotFoundError
from zhiping.apps.reference.models import CatalogueImport, DirectoryEdition, TrackerAssignment
from zhiping.apps.reference.queries import binding_clauses
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.sheet import RosterRow, Sheet
from zhiping.core.roster.template import template
from zhiping.core.roster.workbook import Limits
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

LIMITS = Limits(packed_bytes=5_000_000, rows=20_000)
"""Lists are kept in the database with what they brought, so they are smaller than rosters."""

_SHOWN_PROBLEMS = 500
_NAMING = ("name", "sub_item", "item", "title", "subject", "basis", "occupation_name", "occupation_code")
"""Fields that tell which row it is, the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A workbook with what the sheet, the lists and the law say of each row."""

    sheet: Sheet
    rows: tuple[RosterRow, ...]
    outcome: Outcome

    @property
    def good(self) -> tuple[RosterRow, ...]:
        return tuple(row for row in self.rows if row.is_good)

    @property
    def bad(self) -> tuple[RosterRow, ...]:
        return tuple(row for row in self.rows if not row.is_good)


def import_template(kind: str, *, place: str, edition_id: int | None = None, clock: Clock) -> bytes:
    """Return the workbook to fill in for a list (下载目录模板).

    Refuses:
        CataloguePlaceError, EditionNotFoundError, BatchUnknownError.
    """
    importer = IMPORTERS[kind]
    scope = scope_of(importer, place=place, edition=_edition(importer, edition_id, place), clock=clock)
    context = [("目录", CatalogueImport.Kind(kind).label), ("地区", scope.place_name)]
    if scope.edition is not None:
        context.append(("版本", scope.edition.title))
    return template(importer.sheet(scope), context=context)


def preview_import(
    kind: str,
    *,
    place: str,
    edition_id: int | None = None,
    file_name: str,
    content: bytes,
    actor: Actor,
    clock: Clock,
) -> CatalogueImport:
    """Read a workbook of a list and judge every row (预览目录); nothing of the list changes yet.

    The same file again gives the same import back; where the list has changed since it was brought, so that
    it would change something again, it waits to be brought once more.

    Authority:
        JL17-A1, JL17-A2, JL17-1a, JL17-2a, JL17-2b, JL17-3b, FS20-O2, LN24-2.2d.
    Duty:
        reference.maintain, at the place of the list; anywhere for lists of the whole nation.
    Refuses:
        RosterFileError: the file as a whole.
        DutyMissingError, CataloguePlaceError, EditionNotFoundError, BatchUnknownError.
    """
    importer = IMPORTERS[kind]
    with transaction.atomic():
        edition = _edition(importer, edition_id, place)
        scope = scope_of(importer, place=place, edition=edition, clock=clock)
        filed = filed_at(scope.place, actor)
        digest = hashlib.sha256(content).hexdigest()
        alone(kind)
        known = CatalogueImport.objects.filter(kind=kind, place=place, edition=edition, sha256=digest).first()
        judged = _judge(importer, scope, content)
        if known is not None and known.state == CatalogueImport.State.APPLIED and judged.outcome.is_nothing:
            return known
        preview, _ = CatalogueImport.objects.update_or_create(
            kind=kind,
            place=place,
            edition=edition,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "content": content,
                "uploaded_by": actor.name,
                "uploaded_at": clock.now(),
                "state": CatalogueImport.State.PREVIEWED,
                "applied_at": None,
                **_counts(judged),
            },
        )
        record(
            "reference.catalogue_previewed",
            preview,
            actor=actor,
            at=clock.now(),
            place=filed,
            facts={"catalogue": preview.get_kind_display(), "file": preview.file_name,
                   "good": preview.rows_good, "bad": preview.rows_bad},
        )  # fmt: skip
    return preview


def apply_import(import_id: int, *, actor: Actor, clock: Clock) -> CatalogueImport:
    """Write the good rows of a previewed workbook into its list (导入合格行), all of them or none.

    Rows are judged again, since the lists may have changed since the preview. A row that is on record as it
    is stays as it is, so the same rows twice change nothing. Bad rows go back by `returned_rows`.

    Authority:
        JL17-A1, JL17-A2, JL17-1a, JL17-1d, JL17-2a, JL17-2b, JL17-3b, FS20-O2, LN24-2.2d.
    Duty:
        reference.maintain, at the place of the list; anywhere for lists of the whole nation.
    Refuses:
        ImportNotFoundError, DutyMissingError.
        EditionNotFoundError: the edition was published in the meantime.
    """
    with transaction.atomic():
        preview = CatalogueImport.objects.select_for_update().filter(pk=import_id).first()
        if preview is None:
            raise ImportNotFoundError(value=import_id)
        importer = IMPORTERS[preview.kind]
        scope = Scope(place=preview.place, on=clock.today(), edition=preview.edition)
        filed = filed_at(scope.place, actor)
        if preview.state == CatalogueImport.State.APPLIED:
            return preview
        if preview.edition_id is not None:
            open_for_change(preview.edition_id)
        alone(preview.kind)
        judged = _judge(importer, scope, bytes(preview.content))
        _write(importer, judged.outcome, scope)
        for name, value in _counts(judged).items():
            setattr(preview, name, value)
        preview.state, preview.applied_at = CatalogueImport.State.APPLIED, clock.now()
        preview.save()
        record(
            "reference.catalogue_imported",
            preview,
            actor=actor,
            at=clock.now(),
            place=filed,
            clauses=binding_clauses(importer.clauses, place=scope.place, on=clock.today()),
            facts={
                "catalogue": preview.get_kind_display(),
                "file": preview.file_name,
                "added": preview.rows_added,
                "changed": preview.rows_changed,
                "bad": preview.rows_bad,
                "trackers": len(judged.outcome.trackers),
            },
        )
    return preview


def returned_rows(preview: CatalogueImport, *, actor: Actor, clock: Clock) -> bytes:
    """Return the bad rows of an import as a workbook, with the reasons beside each (退回不合格行).

    Duty:
        reference.maintain, at the place of the list; anywhere for lists of the whole nation.
    Refuses:
        DutyMissingError.
    """
    filed_at(preview.place, actor)
    importer = IMPORTERS[preview.kind]
    scope = Scope(place=preview.place, on=clock.today(), edition=preview.edition)
    content = bytes(preview.content)
    judged = _judge(importer, scope, content)
    return give_back(content, judged.bad, judged.sheet, limits=LIMITS)


def _edition(importer: Importer, edition_id: int | None, place: str) -> DirectoryEdition | None:
    """Return the open edition that rows go to, for lists that have editions."""
    if importer.kind != CatalogueImport.Kind.DIRECTORY:
        return None
    found = DirectoryEdition.objects.filter(pk=edition_id or 0, place=place).first()
    if found is None or found.state != DirectoryEdition.State.DRAFTED:
        raise EditionNotFoundError(edition=found.title if found else str(edition_id or ""))
    return found


def _judge(importer: Importer, scope: Scope, content: bytes) -> _Judged:
    sheet = importer.sheet(scope)
    roster = read_and_check(content, sheet, limits=LIMITS)
    objections = objections_to(roster.good, importer, scope)
    rows = tuple(row.with_problems(*objections.get(row.number, ())) for row in roster.rows)
    return _Judged(
        sheet=sheet, rows=rows, outcome=weigh(importer, [row for row in rows if row.is_good], scope)
    )


def _counts(judged: _Judged) -> dict[str, Any]:
    return {
        "rows_total": len(judged.rows),
        "rows_good": len(judged.good),
        "rows_bad": len(judged.bad),
        "rows_added": len(judged.outcome.new),
        "rows_changed": len(judged.outcome.changed),
        "problems": _shown(judged.bad[:_SHOWN_PROBLEMS], judged.sheet),
    }


def _shown(rows: Sequence[RosterRow], sheet: Sheet) -> list[dict[str, object]]:
    return [
        {
            "row": row.number,
            "name": next((str(row.raw[name]) for name in _NAMING if row.raw.get(name)), ""),
            "reasons": [
                {
                    "field": sheet.header_of(problem.field),
                    "text": sentence(problem, sheet),
                    "clause": problem.clause or "",
                }
                for problem in row.problems
            ],
        }
        for row in rows
    ]


def _write(importer: Importer, outcome: Outcome, scope: Scope) -> None:
    rows = importer.model._default_manager  # noqa: SLF001 - Django's own name for it
    rows.bulk_create(outcome.new, batch_size=2000)
    if outcome.changed:
        rows.bulk_update(outcome.changed, outcome.changed_fields, batch_size=2000)
    TrackerAssignment.objects.bulk_create(
        [
            TrackerAssignment(
                place=scope.place,
                item_key=key,
                item_name=outcome.names[key],
                department=department,
                note="按导入的清单",
            )
            for key, department in outcome.trackers.items()
        ],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=("place", "item_key"),
        update_fields=("item_name", "department", "note"),
    )
