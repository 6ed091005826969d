"""What every page knows."""

from typing import Any

from django.http import HttpRequest

from zhiping.portals.clock import current_clock, shifted_days


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the actor of the request and the moment as of which the page speaks."""
    return {"actor": getattr(request, "actor", None), "as_of": current_clock().now(), "demo_days": shifted_days()}
