"""What everybody may read of the registry: the directory, public notices, published documents.

Nothing here takes an actor: what it returns is published by law (FS20-4.3, LN24-2.1a, LN24-2.3b), and what
is not published is not returned.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhiping.apps.registry.models import (
    BodyAccess,
    Document,
    EvaluationBody,
    Objection,
    PublicNotice,
    ScopeLine,
)
from zhiping.apps.registry.states import BodyState
from zhiping.kernel.place import Place

IN_DIRECTORY = (BodyState.FILED, BodyState.SUSPENDED)
ONCE_IN_DIRECTORY = (*IN_DIRECTORY, BodyState.REMOVED, BodyState.LEFT)
"""States in which a body is or was in the register; an applicant is nobody's business yet."""

MANAGEMENT_RULES = (
    Document.Kind.EXAM_AFFAIRS_RULES,
    Document.Kind.PAPER_RULES,
    Document.Kind.QUALITY_RULES,
    Document.Kind.CERTIFICATE_RULES,
    Document.Kind.FEE_RULES,
)
"""What a body publishes of itself (LN24-2.3b, FS20-4.3)."""

BODY_KINDS: Mapping[str, str] = {one.value: str(one.label) for one in EvaluationBody.Kind}
DOCUMENT_KINDS: Mapping[str, str] = {one.value: str(one.label) for one in Document.Kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFilter:
    """What a reader asks the directory for; empty fields ask for nothing."""

    on: dt.date
    text: str = ""
    place: str = ""
    kind: str = ""
    occupation: str = ""
    level: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeEntry:
    """One occupation of a body's scope with its levels and places (备案范围)."""

    code: str
    edition: str
    name: str
    level: str
    place: str
    valid_from: dt.date
    valid_to: dt.date | None
    standard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """One body as the directory publishes it (FS20-4.3)."""

    id: int
    name: str
    kind: str
    credit_code: str
    place: str
    address: str
    phone: str
    state: str
    state_reason: str
    state_since: dt.date | None
    filed_on: dt.date | None
    fee_statement: str
    occupations: tuple[str, ...]
    levels: tuple[str, ...]

    @property
    def kind_label(self) -> str:
        """Return the kind in Chinese."""
        return BODY_KINDS[self.kind]


def directory(asked: DirectoryFilter) -> QuerySet[EvaluationBody]:
    """Return the bodies of the directory (评价机构目录) that fit, ordered by place and name.

    Occupation and level are looked for in the scope that is in force on the day asked for, in the same line.

    Authority:
        FS20-4.3.
    """
    states = (asked.state,) if asked.state in ONCE_IN_DIRECTORY else IN_DIRECTORY
    rows = EvaluationBody.objects.filter(state__in=states)
    if asked.place:
        rows = rows.filter(place__startswith=Place(asked.place).prefix)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.text:
        rows = rows.filter(Q(name__icontains=asked.text) | Q(credit_code__iexact=asked.text))
    if asked.occupation or asked.level:
        lines = in_force(ScopeLine.objects.filter(body=OuterRef("pk")), asked.on)
        if asked.occupation:
            lines = lines.filter(
                Q(occupation_name__icontains=asked.occupation)
                | Q(occupation_code__startswith=asked.occupation)
            )
        if asked.level:
            lines = lines.filter(level=asked.level)
        rows = rows.filter(Exists(lines))
    return rows.order_by("place", "name", "id")


def in_force(lines: QuerySet[ScopeLine], day: dt.date) -> QuerySet[ScopeLine]:
    """Return the lines of scope that are in force on the day."""
    return lines.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def entries(bodies: Iterable[EvaluationBody], *, on: dt.date) -> list[DirectoryEntry]:
    """Return bodies as the directory shows them, with the scope in force on the day; two queries."""
    bodies = list(bodies)
    scope: dict[int, list[tuple[str, str]]] = defaultdict(list)
    lines = in_force(ScopeLine.objects.filter(body_id__in=[body.pk for body in bodies]), on)
    for body_id, name, level in lines.order_by("occupation_code", "-level").values_list(
        "body_id", "occupation_name", "level"
    ):
        scope[body_id].append((name, level))
    return [_entry(body, scope[body.pk]) for body in bodies]


def entry(body_id: int, *, on: dt.date) -> DirectoryEntry | None:
    """Return one body as published, or None for one that never was in the register."""
    body = EvaluationBody.objects.filter(pk=body_id, state__in=ONCE_IN_DIRECTORY).first()
    return None if body is None else entries([body], on=on)[0]


def scope_of(body_id: int, *, on: dt.date) -> list[ScopeEntry]:
    """Return the scope of a body as it stood on the day (备案范围)."""
    lines = in_force(ScopeLine.objects.filter(body_id=body_id), on).select_related("standard")
    return [
        ScopeEntry(
            code=line.occupation_code,
            edition=line.occupation_edition,
            name=line.occupation_name,
            level=line.level,
            place=line.place,
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            standard=str(line.standard) if line.standard else "",
        )
        for line in lines.order_by("occupation_code", "-level")
    ]


def published_documents(body_id: int) -> QuerySet[Document]:
    """Return the documents that a body has published (LN24-2.3b, FS20-4.3)."""
    return Document.objects.filter(
        body_id=body_id, body__state__in=ONCE_IN_DIRECTORY, is_published=True, is_withdrawn=False
    ).order_by("kind", "-uploaded_at")


def published_document(document_id: int) -> Document | None:
    """Return one published document, or None."""
    return Document.objects.filter(
        pk=document_id, body__state__in=ONCE_IN_DIRECTORY, is_published=True, is_withdrawn=False
    ).first()


def filing_notices(
    *, today: dt.date, place: str = "", is_running: bool | None = None
) -> QuerySet[PublicNotice]:
    """Return the public notices of filings (备案公示), the newest first."""
    rows = PublicNotice.objects.filter(starts_on__lte=today).select_related("filing__body")
    if place:
        rows = rows.filter(place__startswith=Place(place).prefix)
    if is_running is not None:
        rows = rows.filter(ends_on__gt=today) if is_running else rows.filter(ends_on__lte=today)
    return rows.order_by("-starts_on", "-id")


def filing_notice(notice_id: int, *, today: dt.date) -> PublicNotice | None:
    """Return one notice that has begun, or None."""
    return filing_notices(today=today).filter(pk=notice_id).first()


def notices_of_body(body_id: int, *, today: dt.date) -> QuerySet[PublicNotice]:
    """Return a body's notices, the newest first."""
    return filing_notices(today=today).filter(filing__body_id=body_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticedOccupation:
    """One occupation that a notice tells of."""

    code: str
    name: str
    levels: str


def noticed_occupations(notice: PublicNotice) -> list[NoticedOccupation]:
    """Return what the noticed filing applies for."""
    return [
        NoticedOccupation(code=line.occupation_code, name=line.occupation_name, levels=line.levels)
        for line in notice.filing.lines.all()
    ]


def objection_by_receipt(receipt: str) -> Objection | None:
    """Return the objection with the receipt code, or None; whoever holds the code may read the answer."""
    return Objection.objects.filter(receipt=receipt.strip().upper()).select_related("notice").first()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFigures:
    """How many bodies are in the register and how many filings are in notice."""

    bodies: int
    suspended: int
    notices: int


def figures(*, today: dt.date) -> RegistryFigures:
    """Return the counts for the home page."""
    states = list(EvaluationBody.objects.filter(state__in=IN_DIRECTORY).values_list("state", flat=True))
    return RegistryFigures(
        bodies=len(states),
        suspended=states.count(BodyState.SUSPENDED),
        notices=filing_notices(today=today, is_running=True).count(),
    )


def directory_places() -> Sequence[str]:
    """Return the places that have bodies in the directory, ordered."""
    rows = EvaluationBody.objects.filter(state__in=ONCE_IN_DIRECTORY).order_by("place")
    return list(rows.values_list("place", flat=True).distinct())


def body_names_of_accounts(account_ids: Iterable[int]) -> dict[int, str]:
    """Return the name of the body that each account works for, by account."""
    rows = BodyAccess.objects.filter(account_id__in=list(account_ids))
    return dict(rows.values_list("account_id", "body__name"))


def _entry(body: EvaluationBody, scope: Sequence[tuple[str, str]]) -> DirectoryEntry:
    return DirectoryEntry(
        id=body.pk,
        name=body.name,
        kind=body.kind,
        credit_code=body.credit_code,
        place=body.place,
        address=body.address,
        phone=body.contact_phone,
        state=body.state,
        state_reason=body.state_reason,
        state_since=body.state_since,
        filed_on=body.filed_on,
        fee_statement=body.fee_statement,
        occupations=tuple(dict.fromkeys(name for name, _ in scope)),
        levels=tuple(sorted({level for _, level in scope}, reverse=True)),
    )
