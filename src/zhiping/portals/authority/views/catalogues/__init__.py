"""Keeping the dated lists: editions, cancelled items, who tracks them, rates, imports; a file a page."""

from zhiping.portals.authority.views.catalogues.cancelled import cancelled, name_tracker
from zhiping.portals.authority.views.catalogues.editions import (
    edition,
    editions,
    new_edition,
    new_item,
    publish,
)
from zhiping.portals.authority.views.catalogues.tables import equivalences, rates
from zhiping.portals.authority.views.catalogues.tracking import order_tracking, tracking, tracking_task
from zhiping.portals.authority.views.catalogues.uploads import bad_rows, imports, new_import, template, upload

__all__ = [
    "bad_rows",
    "cancelled",
    "edition",
    "editions",
    "equivalences",
    "imports",
    "name_tracker",
    "new_edition",
    "new_import",
    "new_item",
    "order_tracking",
    "publish",
    "rates",
    "template",
    "tracking",
    "tracking_task",
    "upload",
]
