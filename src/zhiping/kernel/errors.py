"""The one root of every refusal."""

from typing import ClassVar


class DomainError(Exception):
    """An operation that is not possible now (拒绝).

    Carries a code and facts, never prose and never an HTTP status: the Chinese sentence is looked
    up in the app's `messages`, the status is chosen in the portal's one error view.
    """

    code: ClassVar[str] = "kernel.refused"
    clauses: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **facts: object) -> None:
        """Keep the facts that a person needs to see."""
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        """Return code and facts, for logs."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({shown})"
