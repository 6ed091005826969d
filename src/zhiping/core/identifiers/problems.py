"""Problems: what is wrong with a text that should be an identifier, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhiping.kernel.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong (问题): a code, and the facts its sentence shows.

    Facts never hold a whole identity number: problems go into logs and returned workbooks.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class IdentifierInvalidError(DomainError):
    """The text is not the identifier it should be."""

    code = "identifiers.invalid"

    def __init__(self, *, problems: Iterable[Problem], **facts: object) -> None:
        """Keep the problems beside the facts."""
        self.problems = tuple(problems)
        super().__init__(problems=tuple(problem.code for problem in self.problems), **facts)
