"""What a named predicate is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhiping.core.policybook.model import Catalogue, FactType
from zhiping.core.policybook.trace import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A function that observes facts and answers with the tests it made, all of which must hold.

    `arguments` are facts by name with their types; those in `required` must be wired by every rule
    that calls it. A missing fact arrives as None and must lead to a test with `met=None`, unless the
    test is not needed.
    """

    name: str
    arguments: Mapping[str, FactType]
    required: tuple[str, ...]
    catalogues: tuple[str, ...]
    function: Callable[[Mapping[str, object], Mapping[str, Catalogue]], tuple[Observation, ...]]
