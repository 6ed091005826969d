"""Django's name for the authority portal: where its templates and styles lie, and its words."""

from django.apps import AppConfig


class AuthorityPortalConfig(AppConfig):
    """Authority portal (主管部门门户)."""

    name = "zhiping.portals.authority"
    label = "authority_portal"
    verbose_name = "主管部门门户"

    def ready(self) -> None:
        """Teach the look the words of the states and the names of places."""
        from zhiping.portals.authority import words  # noqa: PLC0415 (apps are not loaded before ready)

        words.register()
