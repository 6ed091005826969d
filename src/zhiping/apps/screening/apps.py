"""Django's name for the app."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Screening (筛查比对)."""

    name = "zhiping.apps.screening"
    label = "screening"
    verbose_name = "筛查比对"
