"""The truth about a world: what was planted, and what only looks like it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from worlds.sittings import Sitting

SCHEMA = {"screen_id": pl.String, "key": pl.String, "is_violation": pl.Boolean, "note": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReference:
    """A certificate that has no number yet."""

    reference: str


type KeyPart = str | Sitting | CertificateReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One planted violation, or one near miss that must be spared."""

    screen_id: str
    key: tuple[KeyPart, ...]
    is_violation: bool
    note: str

    @property
    def needs_number(self) -> bool:
        """Tell whether a certificate is part of the key."""
        return any(isinstance(part, CertificateReference) for part in self.key)

    def is_known(self, numbers: Mapping[str, str]) -> bool:
        """Tell whether every certificate in the key has its number."""
        references = [part.reference for part in self.key if isinstance(part, CertificateReference)]
        return all(reference in numbers for reference in references)


def truth_frame(truths: Iterable[Truth], numbers: Mapping[str, str]) -> pl.DataFrame:
    """Return the truth table; the parts of a key are joined by "|"."""
    rows = [
        (one.screen_id, "|".join(_text(part, numbers) for part in one.key), one.is_violation, one.note)
        for one in truths
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _text(part: KeyPart, numbers: Mapping[str, str]) -> str:
    if isinstance(part, Sitting):
        return part.sitting_id
    if isinstance(part, CertificateReference):
        return numbers[part.reference]
    return part
