"""Watching what an action does: what it recorded, whether it left everything as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.journal.models import Entry
from zhiping.kernel.actor import Actor, ActorKind, Duty
from zhiping.kernel.place import Place


def officer_with(*duties: str, place: str) -> Actor:
    """Return an officer with exactly these duties at a place."""
    held = frozenset(Duty(name=duty, place=Place(place)) for duty in duties)
    return Actor(kind=ActorKind.OFFICER, id="9001", name="经办人甲", duties=held)


def officer_with_all(place: str, *, but: str = "") -> Actor:
    """Return an officer with every duty at a place, but one."""
    return officer_with(*(duty for duty in DUTIES if duty != but), place=place)


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside, so that one set-up serves success and refusals alike."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def recorded() -> Iterator[list[Entry]]:
    """Collect the journal's entries that are written inside, the oldest first."""
    last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    found: list[Entry] = []
    yield found
    found.extend(Entry.objects.filter(id__gt=last).order_by("id"))


def row_of(thing: models.Model) -> dict[str, object]:
    """Return a thing's row as the database has it now."""
    return type(thing)._base_manager.filter(pk=thing.pk).values().get()


def counts() -> dict[str, int]:
    """Return how many rows every table has."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchone()[0]
    return found


@contextmanager
def unchanged(*things: models.Model) -> Iterator[None]:
    """Assert that the things and the number of rows in every table stay as they are."""
    before = [row_of(thing) for thing in things], counts()
    yield
    after = [row_of(thing) for thing in things], counts()
    assert after == before
