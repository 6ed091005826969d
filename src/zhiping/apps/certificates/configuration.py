"""What differs between places of work, from the environment.

`ZHIPING_PUBLIC_URL`                the platform's address as people reach it (default http://127.0.0.1:8000).
`ZHIPING_LOOK_UPS_PER_MINUTE`       look-ups per minute from one address (default 30).
`ZHIPING_FAILED_LOOK_UPS_PER_HOUR`  failed look-ups per hour of one number (default 10).
"""

import os


def public_address() -> str:
    """Return the platform's public address, without a slash at its end."""
    return os.environ.get("ZHIPING_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def query_address() -> str:
    """Return the address of the look-up page (核验地址), frozen on each certificate at its issue."""
    return f"{public_address()}/verify"


def look_ups_per_minute() -> int:
    """Return how many look-ups one address may make in a minute."""
    return int(os.environ.get("ZHIPING_LOOK_UPS_PER_MINUTE", "30"))


def failed_look_ups_per_hour() -> int:
    """Return how many look-ups of one number may fail in an hour."""
    return int(os.environ.get("ZHIPING_FAILED_LOOK_UPS_PER_HOUR", "10"))
