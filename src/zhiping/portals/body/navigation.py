"""The frame of the body portal: side navigation with counts, and who is signed in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from zhiping.apps.registry.errors import BodyNotFoundError
from zhiping.apps.registry.queries import own_body
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.portals.labels import place_name
from zhiping.ui.shapes import NavItem, NavSection, Who

_SECTIONS = (
    ("办理", (("工作台", "body:home"),)),
    (
        "机构",
        (
            ("机构信息", "body:registry-profile"),
            ("备案", "body:registry-filings"),
            ("人员", "body:registry-staff"),
            ("考评员", "body:registry-assessors"),
            ("考点", "body:registry-venues"),
        ),
    ),
    ("考务", (("考核计划", "body:exams-plans"), ("场次", "body:exams-sittings"))),
)


def navigation(request: HttpRequest) -> Mapping[str, Any]:
    """Return what the working frame needs; a visitor who is not a clerk gets the links alone."""
    actor: Actor | None = getattr(request, "actor", None)
    home = reverse("body:home")
    sections = [
        NavSection(label=label, items=[_item(request.path, text, name, home) for text, name in items])
        for label, items in _SECTIONS
    ]
    frame: dict[str, Any] = {"portal_name": "机构门户", "home_url": home, "nav": sections}
    if actor is not None and actor.kind is ActorKind.BODY:
        frame["who"] = _who(actor)
    return frame


def _who(actor: Actor) -> Who:
    try:
        body = own_body(actor)
    except BodyNotFoundError:  # a refusal's page is drawn after the wall has closed again
        return Who(name=actor.name, office="")
    return Who(name=actor.name, office=body.name, place=place_name(body.place))


def _item(path: str, text: str, name: str, home: str) -> NavItem:
    url = reverse(name)
    return NavItem(label=text, url=url, current=path == url if url == home else path.startswith(url))
