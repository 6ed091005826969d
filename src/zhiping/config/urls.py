"""Every URL of the platform, one include per audience."""

from django.urls import include, path

urlpatterns = [
    path("body/", include("zhiping.portals.body.urls")),
    path("api/v1/", include("zhiping.portals.api.urls")),
    path("", include("zhiping.portals.accounts.urls")),
    path("desk/", include("zhiping.portals.authority.urls")),
    path("", include("zhiping.portals.public.urls")),
]

handler403 = "zhiping.portals.public.views.errors.forbidden"
handler404 = "zhiping.portals.public.views.errors.not_found"
handler500 = "zhiping.portals.public.views.errors.failed"
