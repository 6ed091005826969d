"""What the pages of this portal share: drawing, refusals on forms, finding own rows, sending files."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from zhiping.core.roster.errors import RosterFileError
from zhiping.core.roster.messages import file_sentence
from zhiping.kernel.errors import DomainError
from zhiping.portals.gate import GatedRequest
from zhiping.portals.refusals import sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Draw one of this portal's templates."""
    return render(request, f"body/{template}", context)


def words(refusal: DomainError) -> str:
    """Return the Chinese sentence of a refusal, also of a spreadsheet that was refused whole."""
    return file_sentence(refusal) if isinstance(refusal, RosterFileError) else sentence(refusal)


def attempt[T](form: BaseForm, act: Callable[[], T]) -> T | None:
    """Run an action for a valid form; a refusal becomes the form's error and nothing typed is lost."""
    try:
        return act()
    except DomainError as refusal:
        form.add_error(None, words(refusal))
        return None


def found[M: Model](rows: QuerySet[M], pk: int) -> M:
    """Return the row of the scoped rows; a row out of reach is no row (404)."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def done(request: GatedRequest, text: str, to: str, *args: object) -> HttpResponseRedirect:
    """Say what was done and go on to a page."""
    messages.success(request, text)
    return redirect(to, *args)


def refused(request: GatedRequest, refusal: DomainError, to: str, *args: object) -> HttpResponseRedirect:
    """Say why it was not done and go back to the page of the thing."""
    messages.error(request, words(refusal))
    return redirect(to, *args)


def attachment(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """Send a file to be saved, never to be shown or sniffed."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
