"""The one place where refusals become pages: code, sentence, what to do next, clause, status."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from zhiping.apps.authorities.messages import MESSAGES as AUTHORITIES
from zhiping.apps.certificates.messages import MESSAGES as CERTIFICATES
from zhiping.apps.exams.messages import MESSAGES as EXAMS
from zhiping.apps.journal.messages import MESSAGES as JOURNAL
from zhiping.apps.reference.messages import MESSAGES as REFERENCE
from zhiping.apps.registry.messages import MESSAGES as REGISTRY
from zhiping.apps.screening.messages import MESSAGES as SCREENING
from zhiping.core.catalogues.messages import SENTENCES as CATALOGUES
from zhiping.core.credential.messages import SENTENCES as CREDENTIAL
from zhiping.core.identifiers.messages import sentence as identifier_sentence
from zhiping.core.identifiers.problems import IdentifierInvalidError
from zhiping.core.policybook.messages import REFUSALS as POLICYBOOK
from zhiping.core.roster.errors import RosterFileError
from zhiping.core.roster.messages import file_sentence
from zhiping.core.sieve.messages import MESSAGES as SIEVE
from zhiping.core.wording.messages import SENTENCES as WORDING
from zhiping.kernel.errors import DomainError
from zhiping.kernel.messages import MESSAGES as KERNEL
from zhiping.ui.messages import MESSAGES as UI

MESSAGES: Mapping[str, str] = {
    **KERNEL,
    **CATALOGUES,
    **CREDENTIAL,
    **POLICYBOOK,
    **SIEVE,
    **WORDING,
    **UI,
    **JOURNAL,
    **AUTHORITIES,
    **REFERENCE,
    **REGISTRY,
    **EXAMS,
    **CERTIFICATES,
    **SCREENING,
}

STATUS = {
    "kernel.duty_missing": 403,
    "certificates.second_fact_missing": 400,
    "certificates.too_many_requests": 429,
}
"""Refusals that are not 409 (not possible now)."""


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "—"


def sentence(refusal: DomainError) -> str:
    """Return the Chinese sentence of a refusal, with its facts filled in."""
    if isinstance(refusal, RosterFileError):
        return file_sentence(refusal)
    if isinstance(refusal, IdentifierInvalidError):
        return "".join(identifier_sentence(problem) for problem in refusal.problems)
    template = MESSAGES.get(refusal.code)
    if template is None:
        return f"操作未完成（{refusal.code}）。请把此代码告知系统管理员。"
    return template.format_map(_Facts({name: _shown(value) for name, value in refusal.facts.items()}))


def status_of(refusal: DomainError) -> int:
    """Return the HTTP status that fits a refusal."""
    if refusal.code.endswith(("_unknown", "_not_found")):
        return 404
    return STATUS.get(refusal.code, 409)


class RefusalMiddleware:
    """Turns a refusal that reaches the edge into a page, or into problem+json under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render a refusal; leave every other exception to Django."""
        if not isinstance(exception, DomainError):
            return None
        status, text = status_of(exception), sentence(exception)
        if request.path.startswith("/api/"):
            body = {"type": f"urn:zhiping:{exception.code}", "title": text, "status": status}
            return JsonResponse(
                {**body, "clauses": list(exception.clauses)},
                status=status,
                content_type="application/problem+json",
                json_dumps_params={"ensure_ascii": False},
            )
        context = {"code": exception.code, "sentence": text, "clauses": exception.clauses, "status": status}
        return render(request, "ui/refusal.html", context, status=status)


def _shown(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    return value
