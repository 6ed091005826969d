"""Where the policy folder is: beside the source tree, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def default_folder() -> Path:
    """Return the policy folder that comes with this installation."""
    packed = _PACKAGE / "_policy"
    return packed if packed.is_dir() else _PACKAGE.parents[1] / "policy"
