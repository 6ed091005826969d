"""Money: integer fen (分)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen.

    >>> str(Money(123456) + Money(44))
    '1,235.00'
    """

    fen: int

    def __add__(self, other: "Money") -> "Money":
        """Return the sum."""
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference."""
        return Money(self.fen - other.fen)

    def __str__(self) -> str:
        """Return yuan with two decimals."""
        sign = "-" if self.fen < 0 else ""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{sign}{yuan:,}.{fen:02d}"
