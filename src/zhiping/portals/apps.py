"""Django's name for the portals."""

from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """Portals (门户): public, body, authority, api, console."""

    name = "zhiping.portals"
    label = "portals"
    verbose_name = "门户"

    def ready(self) -> None:
        """Give the look its words: every state of every app, and the names of places."""
        from zhiping.portals import labels  # noqa: PLC0415 - reads the apps' lists, which load with Django

        labels.register()
