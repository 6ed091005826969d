"""Django's name for the app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registry (机构备案)."""

    name = "zhiping.apps.registry"
    label = "registry"
    verbose_name = "机构备案"
