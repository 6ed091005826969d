"""What every page knows."""

from typing import Any

from django.http import HttpRequest

from zhiping.kernel.clock import SystemClock


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the actor of the request and the moment as of which the page speaks."""
    return {"actor": getattr(request, "actor", None), "as_of": SystemClock().now()}
