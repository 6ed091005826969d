"""The look as a Django app, so that its templates, tags and static files are found."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, components and static files; no models."""

    name = "zhiping.ui"
    label = "ui"
    verbose_name = "界面"
