"""Running numbers for dossiers: one sequence, never given twice."""

from django.db import connection

from zhiping.kernel.clock import Clock


def next_number(kind: str, place: str, clock: Clock) -> str:
    """Return the next dossier number: kind, four digits of place, day, running number.

    Gaps are allowed (a rolled-back action keeps its number); certificate numbers, which must have
    none, are counted elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('journal_dossier_number')")
        (running,) = cursor.fetchone()
    return f"{kind}{place[:4]}{clock.today():%y%m%d}{running:07d}"
