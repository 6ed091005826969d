"""Reading the journal."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from zhiping.apps.journal.models import Entry, RuleSnapshot
from zhiping.apps.journal.scoping import within_prefixes


def entries_about(thing: str, thing_id: object) -> QuerySet[Entry]:
    """Return the entries about one thing ("certificates.certificate", its key), the newest first."""
    return Entry.objects.filter(subjects__thing=thing, subjects__thing_id=str(thing_id)).order_by("-id")


def things_of(entry_id: int) -> list[tuple[str, str]]:
    """Return the things that an entry is about, as (kind, key)."""
    return list(Entry.objects.get(pk=entry_id).subjects.order_by("id").values_list("thing", "thing_id"))


def entries(prefixes: tuple[str, ...]) -> QuerySet[Entry]:
    """Return the entries within the place prefixes, the newest first."""
    return within_prefixes(Entry.objects.all(), prefixes)


def entries_about_within(thing: str, thing_id: object, prefixes: tuple[str, ...]) -> QuerySet[Entry]:
    """Return the entries about one thing that lie within the place prefixes, the newest first."""
    return within_prefixes(entries_about(thing, thing_id), prefixes)


def rule_snapshots(addresses: Iterable[str]) -> dict[str, Mapping[str, object]]:
    """Return the content of kept rule snapshots by address; what was not kept is missing."""
    kept = RuleSnapshot.objects.filter(pk__in=set(addresses))
    return dict(kept.values_list("address", "content"))
