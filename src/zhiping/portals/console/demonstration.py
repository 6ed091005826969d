"""The demonstration: a generated world, its accounts, work under way, and a first screening."""

import datetime as dt
import time
from collections.abc import Callable

from worlds import AS_OF, generate
from zhiping.apps.registry.models import EvaluationBody
from zhiping.apps.screening.actions import carry_out
from zhiping.apps.screening.models import Run
from zhiping.kernel.clock import CHINA, Clock, FixedClock
from zhiping.portals.console.demo_lists import keep_lists
from zhiping.portals.console.demo_projects import keep_projects
from zhiping.portals.console.demo_work import set_work_under_way
from zhiping.portals.console.demo_world import load, make_accounts, stock_blanks

SEED = 2026
_PROVINCES = ("440000", "210000")


def fill(*, say: Callable[[str], None]) -> None:
    """Fill an empty database; one that holds a body is left alone."""
    if EvaluationBody.objects.exists():
        return
    began = time.monotonic()
    clock = FixedClock(dt.datetime.combine(AS_OF, dt.time(9), tzinfo=CHINA))
    say("生成演示世界……")
    world = generate(SEED)
    load(world, clock=clock, say=lambda title: say(f"载入{title}……"))
    say("建立演示账号……")
    make_accounts(valid_from=dt.date(2024, 1, 1), clock=clock)
    say("安排在办事项……")
    set_work_under_way(clock=clock)
    stock_blanks(clock=clock)
    keep_lists(clock=clock)
    keep_projects(clock=clock)
    for place in _PROVINCES:
        say(f"首次筛查 {place}……")
        _screen(place, clock)
    say(f"演示世界就绪，用时 {time.monotonic() - began:.1f} 秒。")


def _screen(place: str, clock: Clock) -> None:
    """Carry out a first run at once: there is no worker yet while the database is being filled."""
    run = Run.objects.create(
        place=place,
        as_of=clock.today(),
        requested_by="演示数据",
        requested_at=clock.now(),
        steps_total=8,
    )
    carry_out(run.pk, clock=clock)
