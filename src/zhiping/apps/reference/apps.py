"""Django's name for the app."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Reference (目录与标准)."""

    name = "zhiping.apps.reference"
    label = "reference"
    verbose_name = "目录与标准"
