"""Django's name for the app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Journal (操作留痕)."""

    name = "zhiping.apps.journal"
    label = "journal"
    verbose_name = "操作留痕"
