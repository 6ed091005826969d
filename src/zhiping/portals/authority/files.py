"""Stored files on their way out: checked against their hash, never run by a browser."""

from typing import Any

from django.http import HttpResponse

from zhiping.apps.registry.storage import read
from zhiping.portals.authority.listing import attachment

_PICTURES = frozenset({"image/jpeg", "image/png"})


def as_attachment(document: Any) -> HttpResponse:
    """Return a document as a download under its own name."""
    response = HttpResponse(read(document.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = attachment(document.original_name)
    return _guarded(response)


def as_picture(document: Any) -> HttpResponse:
    """Return a photo to be shown; another kind of file becomes a download."""
    if document.content_type not in _PICTURES:
        return as_attachment(document)
    response = HttpResponse(read(document.sha256), content_type=document.content_type)
    response.headers["Content-Disposition"] = "inline"
    return _guarded(response)


def _guarded(response: HttpResponse) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
