"""The fast look-up process (证书查询进程): one question of the public, answered at the speed of the database.

It answers `GET /api/v1/certificates/{number}?name=…` or `?last_four=…` in JSON, and `GET /healthz`.
A supervisor starts it with `command(port)`; by hand it is `python -m zhiping.portals.lookup --port 8001`.
It takes the same environment as the pages (`ZHIPING_APP_DATABASE_URL`, `ZHIPING_FIELD_KEY` or
`ZHIPING_STATE_DIR`, `ZHIPING_LOOK_UPS_PER_MINUTE`, `ZHIPING_FAILED_LOOK_UPS_PER_HOUR`), and:

`ZHIPING_PROXIES`  addresses, separated by commas, whose X-Forwarded-For header is believed.
"""

import sys


def command(port: int, *, host: str = "127.0.0.1", workers: int = 1) -> list[str]:
    """Return the command line that serves the look-up on a port."""
    words = ["--host", host, "--port", str(port), "--workers", str(workers)]
    return [sys.executable, "-m", "zhiping.portals.lookup", *words]
