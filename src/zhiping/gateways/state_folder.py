"""Where a checkout keeps what it makes for itself: databases, fetched tools, stamps."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def state_folder() -> Path:
    """Return the folder of local state (本地状态目录): `ZHIPING_STATE_DIR`, or `.zhiping` in the checkout.

    The settings of the web application read the same variable with the same default.
    """
    return Path(os.environ.get("ZHIPING_STATE_DIR") or CHECKOUT / ".zhiping").absolute()
