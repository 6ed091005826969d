"""Django's name for the app."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates (证书)."""

    name = "zhiping.apps.certificates"
    label = "certificates"
    verbose_name = "证书"
