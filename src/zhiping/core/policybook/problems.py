"""Problems of a policy folder: where, what, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhiping.core.policybook.messages import PROBLEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one file: line, the id of the thing, a code and its facts."""

    file: str
    line: int
    id: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the Chinese sentence: what is wrong and what to write instead."""
        return PROBLEMS[self.code].format(**self.facts)

    def __str__(self) -> str:
        """Return file, line, id and sentence, as editors link them."""
        named = f" [{self.id}]" if self.id else ""
        return f"{self.file}:{self.line}:{named} {self.sentence}"


@dataclass(slots=True, kw_only=True)
class ProblemList:
    """Collects problems while a folder is read; reading goes on after each."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, *, file: str, line: int, thing: str = "", **facts: object) -> None:
        """Keep one problem."""
        if code not in PROBLEMS:
            raise KeyError(code)
        self.found.append(Problem(file=file, line=line, id=thing, code=code, facts=facts))

    def ordered(self) -> tuple[Problem, ...]:
        """Return the problems by file and line, without doubles."""
        unique = {(p.file, p.line, p.id, p.code, str(p.facts)): p for p in self.found}
        return tuple(unique[key] for key in sorted(unique))
