"""Every URL of the platform, one include per audience."""

from django.urls import include, path

urlpatterns = [
    path("body/", include("zhiping.portals.body.urls")),
    path("", include("zhiping.portals.public.urls")),
]
