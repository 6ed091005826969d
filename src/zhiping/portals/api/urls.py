"""URLs of the API: every operation, and its description in OpenAPI 3.1."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from zhiping.portals.api.operations import api
from zhiping.portals.api.problems import answer
from zhiping.portals.gate import GatedRequest, public

app_name = "api"


@require_safe
@public
def openapi(_request: GatedRequest) -> HttpResponse:
    """Describe the API (OpenAPI 3.1)."""
    return JsonResponse(
        api.get_openapi_schema(path_prefix="/api/v1/"), json_dumps_params={"ensure_ascii": False}
    )


@public
def nothing_here(_request: GatedRequest, rest: str = "") -> HttpResponse:
    """Answer an address that the API does not have, also as a problem."""
    del rest
    return answer(404, "api.not_found")


def _operations() -> list[URLPattern]:
    """Return the operations without the framework's own front page."""
    patterns: Any = api.urls[0]
    return [pattern for pattern in patterns if pattern.name != "api-root"]


urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    *_operations(),
    path("<path:rest>", nothing_here, name="nothing"),
    path("", nothing_here, name="api-root"),
]
