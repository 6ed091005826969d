"""The portals' gates for operations of the API: the same actor, the same wall, `.gate` on each."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpResponse
from ninja.security import SessionAuth

from zhiping.portals.api.problems import answer
from zhiping.portals.gate import GatedRequest
from zhiping.portals.gate import body_clerk as _body_clerk
from zhiping.portals.gate import officer as _officer
from zhiping.portals.gate import public as _public

SESSION = SessionAuth()
"""The session of the sign-in page; unsafe methods need its CSRF token too."""

type Operation[**P] = Callable[P, Any]
type Gate = Callable[[Callable[..., Any]], Callable[..., Any]]


def public[**P](operation: Operation[P]) -> Operation[P]:
    """Let everybody in."""
    return _behind(cast("Gate", _public), operation)


def officer[**P](duty: str) -> Callable[[Operation[P]], Operation[P]]:
    """Let in officers who hold the duty somewhere."""
    return functools.partial(_behind, cast("Gate", _officer(duty)))


def body_clerk[**P](operation: Operation[P]) -> Operation[P]:
    """Let in accounts of evaluation bodies."""
    return _behind(cast("Gate", _body_clerk), operation)


def _behind[**P](gate: Gate, operation: Operation[P]) -> Operation[P]:
    """Return the operation behind a gate of the portals.

    What the operation returns is made inside the wall, hence lists and not lazy queries. A gate that
    would send a person to the sign-in page answers a program with 401.
    """
    entrance = gate(operation)

    @functools.wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        request = cast("GatedRequest", args[0])
        if cast("Any", entrance).gate != "public" and not request.user.is_authenticated:
            return answer(401, "api.not_signed_in")
        found = entrance(*args, **kwargs)
        is_redirect = isinstance(found, HttpResponse) and found.status_code == HTTPStatus.FOUND
        return answer(401, "api.not_signed_in") if is_redirect else found

    cast("Any", guarded).gate = cast("Any", entrance).gate
    return guarded
