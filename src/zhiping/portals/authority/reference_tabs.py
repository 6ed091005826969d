"""The views of one thing: dated lists and the calendar, as tabs."""

from django.urls import reverse

from zhiping.kernel.actor import Actor
from zhiping.ui.shapes import Action, NavItem

MAINTAIN = "reference.maintain"

_TABS = (
    ("职业资格目录", "authority:reference-editions"),
    ("取消事项", "authority:reference-cancelled"),
    ("跟踪督查", "authority:reference-tracking"),
    ("取消善后", "authority:reference-aftermath"),
    ("职业标准", "authority:reference-standards"),
    ("急需紧缺", "authority:reference-shortages"),
    ("准入资格", "authority:reference-access"),
    ("比照表", "authority:reference-equivalences"),
    ("收费与补贴", "authority:reference-rates"),
    ("移交登记", "authority:reference-handovers"),
    ("专项能力", "authority:reference-projects"),
    ("导入记录", "authority:reference-imports"),
    ("工作日历", "authority:reference-calendar"),
)


def reference_tabs(current: str) -> list[NavItem]:
    """Return the tabs with the current one marked."""
    return [NavItem(label=label, url=reverse(name), current=name.endswith(current)) for label, name in _TABS]


def upload_button(actor: Actor, kind: str, label: str) -> list[Action]:
    """Return the button that leads to the import of a list, for who may keep lists."""
    if not actor.may_anywhere(MAINTAIN):
        return []
    url = f"{reverse('authority:reference-import-new')}?kind={kind}"
    return [Action(label=label, url=url, kind="primary")]
