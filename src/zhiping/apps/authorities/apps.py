"""Django's name for the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuthoritiesConfig(AppConfig):
    """Authorities (主管部门)."""

    name = "zhiping.apps.authorities"
    label = "authorities"
    verbose_name = "主管部门"

    def ready(self) -> None:
        """Build the wall after every migration: new tables get their grants and policies."""
        post_migrate.connect(_build_walls, dispatch_uid="authorities.walls")


def _build_walls(sender: AppConfig, **_: object) -> None:
    # The last app in the list is the signal that every table of this run exists.
    from zhiping.apps.authorities import walls  # noqa: PLC0415 (models are not loaded before ready)

    if sender.label == "screening":
        walls.build()
