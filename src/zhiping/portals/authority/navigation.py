"""The desk's side navigation: only what the officer's duties open."""

from typing import Any

from django.http import HttpRequest

from zhiping.apps.authorities.duties import ROLES
from zhiping.apps.authorities.queries import offices
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.ui import labels
from zhiping.ui.navigation import is_current
from zhiping.ui.shapes import NavItem, NavSection, Who

PREFIX = "/desk/"

_SECTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("待办", (("工作台", "/desk/", ""), ("今日考场", "/desk/sittings/today/", "exams.supervise"))),
    (
        "机构",
        (
            ("备案审核", "/desk/filings/", "registry.read"),
            ("评价机构", "/desk/bodies/", "registry.read"),
            ("责任追溯", "/desk/accountabilities/", "registry.read"),
        ),
    ),
    (
        "考务与证书",
        (
            ("考核计划", "/desk/plans/", "exams.read"),
            ("考核场次", "/desk/sittings/", "exams.read"),
            ("证书管理", "/desk/certificates/", "certificates.read"),
            ("空白证书", "/desk/blanks/", "certificates.read"),
            ("人员查询", "/desk/people/", "certificates.read"),
        ),
    ),
    (
        "监管",
        (
            ("筛查发现", "/desk/screening/findings/", "screening.read"),
            ("筛查运行", "/desk/screening/runs/", "screening.read"),
            ("操作留痕", "/desk/journal/", "journal.read"),
        ),
    ),
    (
        "依据",
        (
            ("政策依据", "/desk/law/", ""),
            ("草案试算", "/desk/drafts/", "registry.read"),
            ("判定重演", "/desk/replay/", "registry.read"),
            ("个案意见", "/law/opinion/", ""),
            ("目录与日历", "/desk/reference/", ""),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return what the work frame needs for the desk; nothing before an officer is known."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor) or actor.kind is not ActorKind.OFFICER:
        return {"portal_name": "主管部门", "home_url": PREFIX}
    entries = [
        (section, [item for item in items if not item[2] or actor.may_anywhere(item[2])])
        for section, items in _SECTIONS
    ]
    items = [NavItem(label=label, url=url) for _, group in entries for label, url, _ in group]
    here = _current(items, request.path)
    nav = [
        NavSection(
            label=section,
            items=[NavItem(label=label, url=url, current=url == here) for label, url, _ in group],
        )
        for section, group in entries
        if group
    ]
    return {"portal_name": "主管部门", "home_url": PREFIX, "nav": nav, "who": _who(actor)}


def _current(items: list[NavItem], path: str) -> str:
    """Return the address of the longest item that the page belongs to; the desk only to itself."""
    fitting = [item.url for item in items if item.url != PREFIX and is_current(item, path)]
    return max(fitting, key=len, default=PREFIX if path == PREFIX else "")


def _who(actor: Actor) -> Who:
    office = offices().filter(pk=actor.office_id or 0).first()
    places = [labels.place(place.code) for place in actor.places]
    return Who(
        name=actor.name,
        office=office.name if office else "",
        place="、".join(places),
        duties=_roles(actor),
    )


def _roles(actor: Actor) -> list[str]:
    """Return the usual names of the duties held, else how many they are."""
    held = {duty.name for duty in actor.duties}
    named = [title for title, duties in ROLES.values() if set(duties) == held]
    return named or [f"{len(held)} 项职责"]
