"""What everybody may read of certificates: figures, and which blanks are lost and void."""

from django.db.models import QuerySet

from zhiping.apps.certificates.blank_ledger import read_serial
from zhiping.apps.certificates.errors import BlankSerialUnreadableError
from zhiping.apps.certificates.models import BlankLoss, Certificate
from zhiping.kernel.place import Place


def certificates_issued() -> int:
    """Return how many certificates were ever issued, annulled ones included."""
    return Certificate.objects.count()


def published_losses(*, place: str = "", serial: str = "") -> QuerySet[BlankLoss]:
    """Return the notices of lost and void blanks (遗失作废公告), the newest first.

    Only serial, place and day are public; why they were lost is not.
    """
    rows = BlankLoss.objects.select_related("movement", "movement__series")
    if place:
        rows = rows.filter(place__startswith=Place(place).prefix)
    if serial:
        try:
            series, number = read_serial(serial)
        except BlankSerialUnreadableError:
            return rows.none()
        rows = rows.filter(movement__series=series, movement__span__contains=number)
    return rows.order_by("-published_on", "-pk")


def places_of_losses() -> tuple[str, ...]:
    """Return the places that have published a loss."""
    return tuple(BlankLoss.objects.order_by("place").values_list("place", flat=True).distinct())
