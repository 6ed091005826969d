"""problem+json (RFC 9457) for everything that goes wrong, in Chinese."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from zhiping.core.policybook.messages import REFUSALS as POLICYBOOK
from zhiping.kernel.errors import DomainError
from zhiping.portals.api.messages import INPUT, MESSAGES
from zhiping.portals.refusals import sentence, status_of

KIND = "application/problem+json"
_UNPROCESSABLE, _TOO_MANY, _FORBIDDEN, _UNAUTHORIZED = 422, 429, 403, 401


def answer(
    status: int,
    code: str,
    /,
    *,
    title: str = "",
    extra: Mapping[str, object] | None = None,
    **facts: object,
) -> HttpResponse:
    """Return a problem: type, title, status, and whatever else is known."""
    title = title or MESSAGES[code].format(**facts)
    body: dict[str, Any] = {"type": f"urn:zhiping:{code}", "title": title, "status": status, **(extra or {})}
    return JsonResponse(body, status=status, content_type=KIND, json_dumps_params={"ensure_ascii": False})


def install(api: NinjaAPI) -> None:
    """Make every error of an API a problem."""
    handlers: Any = {DomainError: refused, ValidationError: invalid, Http404: missing, HttpError: failed}
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def refused(_request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return a refusal of an action, a query or the policy book."""
    extra: dict[str, object] = {"clauses": list(error.clauses)}
    if error.code.startswith("policybook."):
        title = POLICYBOOK[error.code].format(**error.facts)
        return answer(_UNPROCESSABLE, error.code, title=title, extra=extra)
    response = answer(status_of(error), error.code, title=sentence(error), extra=extra)
    if response.status_code == _TOO_MANY:
        response["Retry-After"] = str(error.facts.get("seconds", 60))
    return response


def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return what is wrong with the input, place by place."""
    errors = [
        {
            "at": ".".join(str(part) for part in one["loc"]),
            "code": one["type"],
            "message": INPUT.get(one["type"], "不符合要求。"),
        }
        for one in error.errors
    ]
    return answer(_UNPROCESSABLE, "api.invalid", count=len(errors), extra={"errors": errors})


def missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Return that nothing is there."""
    return answer(404, "api.not_found")


def failed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """Return an error of the framework itself: no session, no token, an unreadable body."""
    if error.status_code == _UNAUTHORIZED:
        return answer(_UNAUTHORIZED, "api.not_signed_in")
    if error.status_code == _FORBIDDEN:
        return answer(_FORBIDDEN, "api.csrf")
    if error.status_code == 400:  # noqa: PLR2004 - a body that is no JSON
        return answer(400, "api.unreadable")
    return answer(error.status_code, "api.http", status=error.status_code)
