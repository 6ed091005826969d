# ruff: noqa: INP001
# INP001: these are scripts, started by path.
"""Write row counts and checksums into CATALOGUES.yaml after a rebuild (更新目录校验值).

Usage: python scripts/vendor/seal.py [FOLDER]
"""

import csv
import hashlib
import re
import sys
from pathlib import Path


def seal(folder: Path) -> None:
    """Replace the `rows` and `sha256` lines of every entry; everything else stays as it was written."""
    header = folder / "CATALOGUES.yaml"
    lines = header.read_text(encoding="utf-8").splitlines()
    file = Path()
    for number, line in enumerate(lines):
        if found := re.match(r"  - file: (\S+)$", line):
            file = folder / found[1]
        elif line.startswith("    rows:"):
            with file.open(encoding="utf-8", newline="") as stream:
                lines[number] = f"    rows: {sum(1 for _ in csv.DictReader(stream))}"
        elif line.startswith("    sha256:"):
            lines[number] = f'    sha256: "{hashlib.sha256(file.read_bytes()).hexdigest()}"'
    header.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    seal(Path(*sys.argv[1:] or ["policy/catalogues"]))
