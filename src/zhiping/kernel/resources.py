"""Where the law lies: the folder with documents, catalogues, parameters, rules and screens."""

import os
from pathlib import Path

from zhiping.kernel.errors import DomainError

VARIABLE = "ZHIPING_POLICY_DIR"
_PACKAGE = Path(__file__).resolve().parent.parent


class PolicyFolderMissingError(DomainError):
    """No policy folder was found in the places where it may lie."""

    code = "kernel.policy_folder_missing"


def policy_folder() -> Path:
    """Return the policy folder (规则与目录所在文件夹).

    1. What the environment variable ZHIPING_POLICY_DIR names; a wrong name is an error, never a reason to
    look on.
    2. `policy/` at the root of the repository that this file belongs to.
    3. The copy that an installed package carries.

    Refuses:
        PolicyFolderMissingError: the named folder does not exist, or none of the three does.
    """
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named)
        if not folder.is_dir():
            raise PolicyFolderMissingError(variable=VARIABLE, folder=named)
        return folder
    root = _PACKAGE.parent.parent
    if (root / "pyproject.toml").is_file() and (root / "policy").is_dir():
        return root / "policy"
    packaged = _PACKAGE / "_policy"
    if packaged.is_dir():
        return packaged
    raise PolicyFolderMissingError(variable=VARIABLE, folder=str(packaged))
