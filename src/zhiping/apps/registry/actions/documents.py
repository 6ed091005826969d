"""Documents."""

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.registry.models import Document, EvaluationBody, Filing
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.storage import store
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import Place


def add_document(
    body_id: int,
    *,
    kind: str,
    name: str,
    content: bytes,
    actor: Actor,
    clock: Clock,
    filing_id: int | None = None,
) -> Document:
    """Take in a file (提交材料), by the body's clerk or by the officer who verifies on site.

    Refuses:
        DocumentRefusedError: empty, too large, or of a kind that is not kept.
    """
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        if actor.kind is ActorKind.OFFICER:
            actor.require("registry.verify_onsite", Place(body.place))
        else:
            require_own(actor, body_id)
        filing = None if filing_id is None else Filing.objects.get(pk=filing_id, body=body)
        stored = store(name, content)
        document = Document.objects.create(
            body=body,
            filing=filing,
            kind=kind,
            original_name=name[-200:],
            sha256=stored.sha256,
            size=stored.size,
            content_type=stored.content_type,
            uploaded_by=actor.name,
            uploaded_at=clock.now(),
        )
        record(
            "registry.document_added",
            document,
            body,
            actor=actor,
            at=clock.now(),
            place=body.place,
            facts={"kind": document.get_kind_display(), "name": name, "sha256": stored.sha256},
        )
    return document


def publish_document(document_id: int, *, actor: Actor, clock: Clock) -> Document:
    """Publish one of a body's management rules (公开管理办法).

    Authority:
        LN24-2.3b, FS20-4.3.
    """
    return _set(document_id, "is_published", "registry.document_published", actor=actor, clock=clock)


def withdraw_document(document_id: int, *, actor: Actor, clock: Clock) -> Document:
    """Take a document out of the dossier (撤下材料); the file and its record stay."""
    return _set(document_id, "is_withdrawn", "registry.document_withdrawn", actor=actor, clock=clock)


def _set(document_id: int, field: str, event: str, *, actor: Actor, clock: Clock) -> Document:
    with transaction.atomic():
        document = Document.objects.select_for_update().select_related("body").get(pk=document_id)
        require_own(actor, document.body_id)
        setattr(document, field, True)
        document.save(update_fields=[field])
        record(
            event,
            document,
            document.body,
            actor=actor,
            at=clock.now(),
            place=document.body.place,
            facts={"kind": document.get_kind_display(), "name": document.original_name},
        )
    return document
