"""Find a Chromium for stories and screenshots."""

import os
import subprocess
from shutil import which

from zhiping.portals.console.errors import BrowserMissingError

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str:
    """Return the path of a Chromium that was seen to start.

    Refuses:
        BrowserMissingError: none starts; says the line to run.
    """
    for name in (os.environ.get("ZHIPING_CHROMIUM", ""), *_NAMES):
        path = which(name) if name else None
        if path and _starts(path):
            return path
    raise BrowserMissingError(line="apt-get update && apt-get install -y chromium")


def _starts(path: str) -> bool:
    # A name proves nothing: it may be a launcher for a package store that is not there.
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0
