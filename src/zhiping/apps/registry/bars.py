"""Bars to filing again."""

from zhiping.apps.registry.errors import BarredError
from zhiping.apps.registry.models import Bar, EvaluationBody
from zhiping.kernel.clock import Clock


def refuse_barred(body: EvaluationBody, clock: Clock) -> None:
    """Refuse a body that may not file yet (不予受理期).

    Authority:
        FS20-5.3.
    Refuses:
        BarredError: a bar on its credit code covers today.
    """
    today = clock.today()
    bar = (
        Bar.objects.filter(credit_code=body.credit_code, valid_from__lte=today, valid_to__gt=today)
        .order_by("-valid_to")
        .first()
    )
    if bar is not None:
        raise BarredError(until=bar.valid_to, reason=bar.reason)
