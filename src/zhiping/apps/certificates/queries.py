"""Reads for others, already scoped to an actor; and the public look-up."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.certificates import lookups
from zhiping.apps.certificates.documents import last_four_sealer
from zhiping.apps.certificates.errors import CertificateNotFoundError
from zhiping.apps.certificates.lookups import LookUp, number_key
from zhiping.apps.certificates.models import Certificate, Change
from zhiping.apps.certificates.states import CertificateState, ChangeKind
from zhiping.apps.certificates.statuses import StatusOnDay, status_as_of
from zhiping.apps.exams.models import Result, Sitting
from zhiping.apps.exams.plan_facts import day_of
from zhiping.apps.exams.states import HELD_STATES, SittingState, Subject
from zhiping.apps.reference.queries import binding_clauses, calendar, law
from zhiping.apps.registry.models import EvaluationBody, ScopeLine
from zhiping.core.identifiers.certificate_number import CertificateNumber, CertificateNumberInvalidError
from zhiping.core.policybook.case_frames import Batch, Case, frame_of
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import CHINA
from zhiping.kernel.place import Place

ANNULMENT_CLAUSES = ("LN24-3.5c", "FS20-5.2")
"""The clauses on which a certificate is declared void; each binds in its own place only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change of a certificate, as it was decided (证书变更)."""

    kind: str
    kind_label: str
    state: str
    state_label: str
    effective_on: dt.date
    at: dt.datetime
    reason: str
    clause: str
    actor_name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    digest: str


def certificates_within(actor: Actor) -> QuerySet[Certificate]:
    """Return the certificates that the actor may see, the newest first.

    Officers with certificates.read see those of their places, a body's clerk its own, the system all.
    """
    rows = Certificate.objects.all()
    if actor.kind is ActorKind.BODY:
        return rows.filter(body_id=actor.body_id)
    return within(rows, actor, "certificates.read")


def certificate_for(actor: Actor, number: str) -> Certificate:
    """Return one certificate that the actor may see, with its body and sitting.

    Refuses:
        CertificateNotFoundError: there is none, or not for this actor.
    """
    rows = certificates_within(actor).select_related("person", "enrolment__sitting")
    certificate = rows.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    return certificate


def history(number: str) -> tuple[ChangeView, ...]:
    """Return a certificate's changes in the order in which they were decided (证书历史)."""
    rows = Change.objects.filter(certificate__number=number_key(number)).order_by("id")
    return tuple(
        ChangeView(
            kind=row.kind,
            kind_label=row.get_kind_display(),
            state=row.state,
            state_label=row.get_state_display(),
            effective_on=row.effective_on,
            at=row.at,
            reason=row.reason,
            clause=row.clause,
            actor_name=row.actor_name,
            before=row.before,
            after=row.after,
            digest=row.digest,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Implied:
    kind: str
    effective_on: dt.date
    reason: str = ""
    clause: str = ""


def status_on(number: str, day: dt.date) -> StatusOnDay:
    """Return how a certificate stood on a day (某日状态), not issued yet before its issue.

    Certificates taken over from another system may have no changes on record; for them the row's own
    days tell.

    Refuses:
        CertificateNotFoundError: no such certificate within reach.
    """
    certificate = Certificate.objects.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    changes = list(certificate.changes.order_by("id"))
    if any(change.kind == ChangeKind.ISSUED for change in changes):
        return status_as_of(changes, day)
    issued = _Implied(kind=ChangeKind.ISSUED, effective_on=certificate.issued_on)
    if changes or certificate.state == CertificateState.VALID:
        return status_as_of((issued, *changes), day)
    annulled = _Implied(
        kind=ChangeKind.ANNULLED, effective_on=certificate.state_since, reason=certificate.state_reason
    )
    return status_as_of((issued, annulled), day)


def annulment_clauses(place: str, *, on: dt.date) -> tuple[str, ...]:
    """Return the clauses on which a certificate of the place can be annulled on the day."""
    return binding_clauses(ANNULMENT_CLAUSES, place=place, on=on)


def credit_code_of(body_id: int) -> str:
    """Return the credit code of an issuing body, also one of another place."""
    with reaching_everywhere():
        return EvaluationBody.objects.values_list("credit_code", flat=True).get(pk=body_id)


def look_up(
    number: str, *, name: str | None = None, last_four: str | None = None, today: dt.date
) -> LookUp | None:
    """Answer the public (公众查询): only who holds two facts of a certificate learns of it.

    An unknown number and a wrong second fact give the same answer, None, after the same work. What
    the public asks goes through `actions.ask`, which counts and limits.

    Refuses:
        SecondFactMissingError: neither a name nor the last four characters.
    """
    asked = lookups.question(number, name=name, last_four=last_four)
    return answer(asked, today=today)


def answer(asked: lookups.Question, *, today: dt.date) -> LookUp | None:
    """Return what is shown for a question, None when not every fact in it is right."""
    with connection.cursor() as cursor:
        cursor.execute(lookups.IDENTIFY.format(numbers="%s"), [[asked.number]])
        key = lookups.matching_id(asked, cursor.fetchone(), last_four_sealer())
    return None if key is None else _details(key, today)


def read_certificate(number: str, *, today: dt.date) -> LookUp | None:
    """Return what a look-up would show, without a second fact: for an operator at the command line."""
    key = Certificate.objects.filter(number=number_key(number)).values_list("pk", flat=True).first()
    return None if key is None else _details(key, today)


def _details(key: int, today: dt.date) -> LookUp:
    with connection.cursor() as cursor:
        statement = lookups.DETAILS.format(ids="%(ids)s", today="%(today)s")
        cursor.execute(statement, {"ids": [key], "today": today})
        row = cursor.fetchone()
    return lookups.from_row(row, today=today)


# --- the facts of all certificates, for trying a draft on them -----------------------------------

_BATCH = 10_000

_ISSUE_ENTRIES = """
SELECT subject.thing_id::bigint, max(entry.id)
FROM journal_subject AS subject
JOIN journal_entry AS entry ON entry.id = subject.entry_id
WHERE subject.thing = 'certificates.certificate' AND subject.thing_id = ANY(%s)
  AND entry.event = 'certificates.issued'
GROUP BY subject.thing_id
"""
_ISSUE_FACTS = "SELECT id, facts #> '{verdict,facts}' FROM journal_entry WHERE id = ANY(%s)"

_SCORES = (
    (Subject.THEORY.value, "theory_score"),
    (Subject.PRACTICAL.value, "practical_score"),
    (Subject.COMPREHENSIVE.value, "comprehensive_score"),
)


def certificates_on_record(actor: Actor, *, place: str = "") -> QuerySet[Certificate]:
    """Return the certificates within reach, annulled ones too, and within a place where one is named."""
    rows = within(Certificate.objects.all(), actor, "certificates.read")
    return rows.filter(place__startswith=Place(place).prefix if place else "")


def certificate_batches(actor: Actor, *, place: str = "") -> Iterator[Batch]:
    """Yield the facts of all certificates on record, batch by batch.

    Two questions: `certificate` with the facts of the verdict that was journalled at the issue, and
    `result` with the scores that are printed. What no rule looked at then, and everything of a
    certificate without such an entry (taken over from another system), is read as of its issue: its
    sitting, its body's standing, its number. What no row tells is missing.
    """
    desk = _IssueDesk()
    keys = certificates_on_record(actor, place=place).order_by("id").values_list("id", flat=True)
    for part in batched(keys.iterator(), _BATCH):
        yield desk.batch(part)


class _IssueDesk:
    """Reads the facts of certificates; what many share is read once."""

    def __init__(self) -> None:
        self._sittings: dict[int, Mapping[str, Any]] = {}
        self._standings: dict[tuple[int, dt.date], str] = {}
        self._notices: dict[tuple[dt.date, dt.date], int] = {}
        self._calendar = calendar()

    def batch(self, keys: Sequence[int]) -> Batch:
        """Return the frames of some certificates."""
        frozen = _frozen_issues(keys)
        rows = list(
            Certificate.objects.filter(pk__in=keys)
            .order_by("id")
            .values(
                "id",
                "number",
                "place",
                "body_id",
                "level",
                "issued_on",
                "enrolment__sitting_id",
                *(column for _, column in _SCORES),
            )
        )
        # What a body of another place did belongs to the facts, as it did at the issue.
        with reaching_everywhere():
            bodies = EvaluationBody.objects.in_bulk({row["body_id"] for row in rows})
            self._read_sittings({row["enrolment__sitting_id"] for row in rows} - {None})
            issued = [
                {**self._facts(row, bodies[row["body_id"]]), **frozen.get(row["id"], {})} for row in rows
            ]
        facts = law().facts
        cases = [Case(row["number"], "", row["place"], of) for row, of in zip(rows, issued, strict=True)]
        results = [Case(row["number"], "", row["place"], _result_facts(row)) for row in rows]
        return Batch(
            frames={
                "certificate": frame_of(facts, "certificate", cases),
                "result": frame_of(facts, "certificate", results),
            },
            records=len(rows),
            frozen=len(frozen),
        )

    def _facts(self, row: Mapping[str, Any], body: EvaluationBody) -> Mapping[str, object]:
        """Return what the issue asks, as of the issue day."""
        day: dt.date = row["issued_on"]
        sitting = self._sittings.get(row["enrolment__sitting_id"], {})
        held: dt.date | None = sitting.get("ended_on")
        standing = self._standing(row, body)
        facts = {
            "results_all_passed": True if sitting else None,  # who did not pass was never numbered
            "results_reviewed": sitting.get("reviewed"),
            "exam_was_held": sitting["was_held"] and held <= day if held else None,
            "is_within_filed_scope": sitting.get("in_scope"),
            "body_is_stopped": None if standing == "unknown" else standing == "suspended",
            "body_is_removed": None if standing == "unknown" else standing in {"removed", "left"},
        }
        if facts["body_is_removed"] and held and body.state_since is not None:
            facts["sitting_was_before_removal"] = held < body.state_since
        if sitting.get("notice_from"):
            facts["result_notice_workdays"] = self._notice(sitting, day)
        return facts | _number_facts(row, body)

    def _read_sittings(self, keys: set[int]) -> None:
        fresh = keys - self._sittings.keys()
        held = set(
            Result.objects.filter(enrolment__sitting__in=fresh)
            .values_list("enrolment__sitting_id", flat=True)
            .distinct()
        )
        sittings = list(Sitting.objects.filter(pk__in=fresh))
        scope = _scope_lines({sitting.body_id for sitting in sittings})
        for sitting in sittings:
            lines = scope.get((sitting.body_id, sitting.occupation_code, sitting.level), ())
            self._sittings[sitting.pk] = {
                "ended_on": sitting.ends_at.astimezone(CHINA).date(),
                "was_held": sitting.state in HELD_STATES and sitting.pk in held,
                "reviewed": sitting.state in {SittingState.APPROVED, SittingState.ISSUED},
                "in_scope": _is_inside(lines, Place(sitting.place), day_of(sitting)),
                "notice_from": sitting.notice_from,
                "notice_to": sitting.notice_to,
            }

    def _standing(self, row: Mapping[str, Any], body: EvaluationBody) -> str:
        """Return how the body stood on the issue day; where it has moved since, the look-up knows."""
        day: dt.date = row["issued_on"]
        if body.state_since is not None and body.state_since <= day:
            return str(body.state)
        key = (body.pk, day)
        if key not in self._standings:
            self._standings[key] = _details(row["id"], day).issuer_at_issue.standing
        return self._standings[key]

    def _notice(self, sitting: Mapping[str, Any], day: dt.date) -> int:
        start: dt.date = sitting["notice_from"]
        end: dt.date | None = sitting["notice_to"]
        last = day if end is None else min(day, end - dt.timedelta(days=1))
        if (start, last) not in self._notices:
            self._notices[start, last] = max(0, self._calendar.workdays_between(start, last))
        return self._notices[start, last]


type _Span = tuple[str, dt.date, dt.date | None]
"""A scope line's place, first day, day after the last."""


def _scope_lines(bodies: set[int]) -> dict[tuple[int, str, str], list[_Span]]:
    lines: dict[tuple[int, str, str], list[_Span]] = defaultdict(list)
    rows = ScopeLine.objects.filter(body__in=bodies).values_list(
        "body_id", "occupation_code", "level", "place", "valid_from", "valid_to"
    )
    for body, occupation, level, place, start, end in rows:
        lines[body, occupation, level].append((place, start, end))
    return lines


def _is_inside(lines: Iterable[_Span], here: Place, day: dt.date) -> bool:
    """Tell of many sittings what `exams.plan_facts.is_in_scope` tells of one."""
    return any(
        start <= day and (end is None or day < end) and Place(place).contains(here)
        for place, start, end in lines
    )


def _frozen_issues(keys: Sequence[int]) -> dict[int, Mapping[str, object]]:
    """Return the facts of the verdicts that the journal keeps of the issues, by certificate."""
    with connection.cursor() as cursor:
        cursor.execute(_ISSUE_ENTRIES, [[str(key) for key in keys]])
        entry_of = dict(cursor.fetchall())
        cursor.execute(_ISSUE_FACTS, [list(set(entry_of.values()))])
        facts = {entry: json.loads(kept) for entry, kept in cursor.fetchall() if kept is not None}
    return {key: facts[entry] for key, entry in entry_of.items() if entry in facts}


def _number_facts(row: Mapping[str, Any], body: EvaluationBody) -> dict[str, object]:
    try:
        number = CertificateNumber.parse(row["number"])
    except CertificateNumberInvalidError:
        return {"number_fits_structure": False}
    return {
        "number_fits_structure": True,
        "number_matches_body": number.body_serial == body.site_code and number.province == body.province,
        "number_matches_year": number.year == row["issued_on"].year,
        "number_matches_level": number.level == row["level"],
    }


def _result_facts(row: Mapping[str, Any]) -> Mapping[str, object]:
    scores = [
        {"subject": subject, "absent": False, "score": row[column]}
        for subject, column in _SCORES
        if row[column] is not None
    ]
    return {"level": row["level"], **({"subjects": scores} if scores else {})}
