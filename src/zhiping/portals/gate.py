"""The gates: the one way into a view.

A gate decides who may enter, makes the actor, and runs the view in one transaction under the plain
database role with the actor's reach. A test walks every URL and refuses a view without a gate.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from zhiping.apps.authorities import walls
from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of, reach
from zhiping.apps.registry.queries import actor_of_body_account
from zhiping.kernel.actor import PUBLIC, Actor, DutyMissingError
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import NATION, Place
from zhiping.portals.clock import current_clock


class GatedRequest(HttpRequest):
    """A request that passed a gate."""

    actor: Actor
    clock: Clock


type View[**P] = Callable[Concatenate[GatedRequest, P], HttpResponseBase]
type Entrance[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def public[**P](view: View[P]) -> Entrance[P]:
    """Let everybody in, without a login; what is shown is what is published."""
    return _gated(view, "public", lambda _request: PUBLIC)


def officer[**P](duty: str) -> Callable[[View[P]], Entrance[P]]:
    """Let in officers who hold the duty somewhere; where exactly is for the query and the action.

    An empty duty lets every officer in.
    """

    def wrap(view: View[P]) -> Entrance[P]:
        return _gated(view, f"officer:{duty}", functools.partial(_officer, duty))

    return wrap


def body_clerk[**P](view: View[P]) -> Entrance[P]:
    """Let in accounts of evaluation bodies; they reach their own body's rows only."""
    return _gated(view, "body", _body_clerk)


def signed_in[**P](view: View[P]) -> Entrance[P]:
    """Let in every account, officer or clerk."""
    return _gated(view, "signed_in", _signed_in)


def _gated[**P](
    view: View[P], name: str, actor_for: Callable[[HttpRequest], Actor | HttpResponse]
) -> Entrance[P]:
    @functools.wraps(view)
    def entrance(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = actor_for(request)
        if isinstance(actor, HttpResponseBase):
            return actor
        gated = cast("GatedRequest", request)
        gated.actor, gated.clock = actor, current_clock()
        prefixes = ("",) if actor is PUBLIC else reach(actor)
        with walls.reaching(prefixes, body_id=actor.body_id):
            response = view(gated, *args, **kwargs)
            # Templates read lazily: they must be rendered inside the wall.
            if hasattr(response, "render") and callable(response.render):
                response = response.render()
            return response

    cast("Any", entrance).gate = name
    return cast("Entrance[P]", entrance)


def _account(request: HttpRequest) -> Account | HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return request.user


def _officer(duty: str, request: HttpRequest) -> Actor | HttpResponse:
    account = _account(request)
    if isinstance(account, HttpResponseBase):
        return account
    if account.kind != Account.Kind.OFFICER:
        raise DutyMissingError(duty=duty or "officer", place=NATION, actor=str(account))
    actor = actor_of(account, on=current_clock().today())
    if duty and not actor.may_anywhere(duty):
        actor.require(duty, Place(NATION))
    return actor


def _body_clerk(request: HttpRequest) -> Actor | HttpResponse:
    account = _account(request)
    if isinstance(account, HttpResponseBase):
        return account
    actor = actor_of_body_account(account)
    if actor is None:
        raise DutyMissingError(duty="body", place=NATION, actor=str(account))
    return actor


def _signed_in(request: HttpRequest) -> Actor | HttpResponse:
    account = _account(request)
    if isinstance(account, HttpResponseBase):
        return account
    if account.kind == Account.Kind.OFFICER:
        return actor_of(account, on=current_clock().today())
    return _body_clerk(request)
