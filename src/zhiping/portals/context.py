"""What every page knows: who is there, as of when the page speaks, and the portal's own frame."""

import importlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from zhiping.portals.clock import current_clock, shifted_days

_PORTALS = (
    ("/desk/", "zhiping.portals.authority"),
    ("/body/", "zhiping.portals.body"),
    ("/", "zhiping.portals.public"),
)
"""Path prefix → the portal whose `navigation.navigation(request)` gives the frame; the first match counts."""


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the actor of the request, the moment as of which the page speaks, and the portal's frame."""
    return {
        "actor": getattr(request, "actor", None),
        "as_of": current_clock().now(),
        "demo_days": shifted_days(),
        **_frame(request),
    }


def _frame(request: HttpRequest) -> Mapping[str, Any]:
    """Return what the portal's base template needs (`nav`, `who`, `portal_name`, `home_url`, `public_nav`).

    A portal's `navigation.navigation(request)` returns a mapping of such names, or the sections alone.
    """
    package = next(package for prefix, package in _PORTALS if request.path.startswith(prefix))
    found = importlib.import_module(f"{package}.navigation").navigation(request)
    return found if isinstance(found, Mapping) else {"nav": found}
