"""Takes a previewed roster over in a process of its own, to be killed by a test at any moment.

Run as `python -m tests.apps.exams.importing DATABASE IMPORT BODY`; prints a line before it starts.
"""

import sys

import django
from django.conf import settings


def main(database: str, import_id: int, body_id: int) -> None:
    """Apply one import as the system, in the named database."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from zhiping.apps.exams import actions as exams
    from zhiping.kernel.actor import Actor, ActorKind
    from zhiping.kernel.clock import FixedClock

    actor = Actor(kind=ActorKind.BODY, id="1", name="专员", body_id=body_id)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    exams.apply_candidates(import_id, actor=actor, clock=FixedClock.at(2026, 11, 12))
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
