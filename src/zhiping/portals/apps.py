"""Django's name for the portals."""

from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """Portals (门户): public, body, authority, api, console."""

    name = "zhiping.portals"
    label = "portals"
    verbose_name = "门户"
