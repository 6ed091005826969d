"""Stored files that belong to nothing (无主文件): found and removed, by a command and every night.

A file is written before the transaction that names it commits. What is rolled back leaves its file
behind: a roster with its reading beside it, sealed, but of people all the same.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import CharField

from zhiping.apps.authorities import walls
from zhiping.apps.journal.storage import LeftBehind, kept_files, left_behind
from zhiping.kernel.clock import CHINA, SystemClock

OLDER_THAN = dt.timedelta(days=1)
"""Longer than any transaction lasts, so that nobody is still about to name the file."""


_LOG = logging.getLogger(__name__)


def orphans() -> tuple[LeftBehind, ...]:
    """Return the stored files that no row of any table names, older than a day by the machine's clock."""
    before = SystemClock().now() - OLDER_THAN  # files carry the machine's time, also in a demonstration
    return tuple(left_behind(frozenset(_named()), before=before))


def remove(found: Iterable[LeftBehind]) -> int:
    """Remove files that were found, unless they were touched since; return how many went."""
    removed = 0
    for one in found:
        try:
            if dt.datetime.fromtimestamp(one.path.stat().st_mtime, tz=CHINA) != one.touched_at:
                continue
            one.path.unlink()
        except FileNotFoundError:  # somebody else was quicker
            continue
        removed += 1
    return removed


def sweep() -> int:
    """Remove the orphans, unless that is most of what lies there; return how many went.

    Where most files belong to nothing, the folder is likely another database's: that is for a person to
    look at, with the command.
    """
    found, there = orphans(), sum(1 for _ in kept_files())
    if 2 * len(found) > there:
        _LOG.warning("%d of %d stored files belong to no row: nothing was removed", len(found), there)
        return 0
    return remove(found)


def _named() -> Iterator[str]:
    """Yield every hash that a row names: each column whose name ends in "sha256" counts.

    A closed list of tables would be wrong on the day on which somebody forgets it, and files would go.
    """
    with walls.reaching(("",)):
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, CharField) and field.name.endswith("sha256"):
                    rows = model._base_manager.values_list(field.name, flat=True)  # noqa: SLF001 - the unfiltered one
                    yield from rows.iterator()
