"""Django's name for the app."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """Exams (考务)."""

    name = "zhiping.apps.exams"
    label = "exams"
    verbose_name = "考务"
