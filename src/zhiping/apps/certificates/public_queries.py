"""Figures on certificates that everybody may read."""

from zhiping.apps.certificates.models import Certificate


def certificates_issued() -> int:
    """Return how many certificates were ever issued, annulled ones included."""
    return Certificate.objects.count()
