"""Whether the platform is ready, and its measures."""

import ipaddress

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

READY = Gauge("zhiping_ready", "1 when the database answers and every migration is applied")
_UNAVAILABLE = 503


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and every migration is applied, else 503."""
    del request
    state = _state()
    is_ready = state == "ready"
    READY.set(is_ready)
    return JsonResponse({"status": state}, status=200 if is_ready else _UNAVAILABLE)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the measures of this process, to this machine only."""
    try:
        is_near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a Unix socket has no address; whoever puts a proxy before it decides
        is_near = False
    if not is_near or "HTTP_X_FORWARDED_FOR" in request.META:
        return HttpResponseForbidden("仅限本机访问。", content_type="text/plain; charset=utf-8")
    READY.set(_state() == "ready")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _state() -> str:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "database_unreachable"
    return "migrations_pending" if pending else "ready"
