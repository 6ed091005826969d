"""Worlds: synthetic provinces with planted violations and the truth about them (仿真数据).

`generate` makes a world in memory, `write` writes one of any size to a folder. Deterministic: equal
arguments give equal bytes. Every person, body and officer is made up.
"""

from worlds.world import AS_OF, DEMO_ENROLMENTS, Part, World, WorldTooSmallError, generate, parts_of
from worlds.writing import FolderNotEmptyError, write

__all__ = [
    "AS_OF",
    "DEMO_ENROLMENTS",
    "FolderNotEmptyError",
    "Part",
    "World",
    "WorldTooSmallError",
    "generate",
    "parts_of",
    "write",
]
