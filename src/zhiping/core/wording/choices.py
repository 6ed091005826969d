"""The platform's own choices for the revival guard (相近度参数), from policy/parameters/wording.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from zhiping.core.wording.errors import ChoiceMissingError
from zhiping.core.wording.folding import fold_plainly
from zhiping.kernel.period import Period
from zhiping.kernel.resources import policy_folder

FILE = "parameters/wording.yaml"
NATION = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevivalChoices:
    """How likeness is counted and from where on it is shown (相近度口径).

    None of it is law. A likeness is a hint to a person, never a verdict.
    """

    flag_at: float
    slight_share: float
    """What a homophone, a look-alike or two swapped characters cost, as a share of another character."""
    filler_share: float
    """What a character costs that the name has and the item has not."""
    front_share: float
    """The same where the whole item stands at the end of the name: what goes before it only narrows it."""
    reorder_loss: float
    head_loss: float
    heads: tuple[str, ...]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    levels: tuple[str, ...]
    same_words: tuple[tuple[str, str], ...]
    """Word of another region → the one that is read in its place."""

    @property
    def least_filler_share(self) -> float:
        """Return the least that a character of the name can cost which the item has not."""
        return min(self.filler_share, self.front_share)

    @classmethod
    def from_values(cls, value: Callable[[str], object]) -> "RevivalChoices":
        """Return the choices that a policy book gives: `value` takes the id of a parameter.

        Refuses:
            ChoiceMissingError: a value is missing, no share between 0 and 1, or no list of texts.
        """
        return cls(
            flag_at=_share("wording.revival_flag_at", value),
            slight_share=_share("wording.revival_slight_share", value),
            filler_share=_share("wording.revival_filler_share", value),
            front_share=_share("wording.revival_front_share", value),
            reorder_loss=_share("wording.revival_reorder_loss", value),
            head_loss=_share("wording.revival_head_loss", value),
            heads=_words("wording.revival_heads", value),
            prefixes=_words("wording.revival_prefixes", value),
            suffixes=_words("wording.revival_suffixes", value),
            levels=_words("wording.revival_levels", value),
            same_words=_pairs("wording.revival_same_words", value),
        )


def _share(name: str, value: Callable[[str], object]) -> float:
    raw = value(name)
    try:
        share = Decimal(str(raw))
    except InvalidOperation as trouble:
        raise ChoiceMissingError(parameter=name, value=raw) from trouble
    if not 0 <= share <= 1:
        raise ChoiceMissingError(parameter=name, value=raw)
    return float(share)


def _pairs(name: str, value: Callable[[str], object]) -> tuple[tuple[str, str], ...]:
    raw = value(name)
    pairs = [str(pair).partition("=") for pair in raw] if isinstance(raw, list | tuple) else []
    if not pairs or not all(written and meant for written, _, meant in pairs):
        raise ChoiceMissingError(parameter=name, value=raw)
    return tuple((fold_plainly(written), fold_plainly(meant)) for written, _, meant in pairs)


def _words(name: str, value: Callable[[str], object]) -> tuple[str, ...]:
    raw = value(name)
    if not isinstance(raw, list | tuple) or not raw:
        raise ChoiceMissingError(parameter=name, value=raw)
    return tuple(sorted({fold_plainly(str(word)) for word in raw}, key=lambda word: (-len(word), word)))


def choices_in_force(on: date | None = None) -> RevivalChoices:
    """Return the choices of the policy folder for a day; without a day the newest.

    Whoever has a policy book asks it instead: `RevivalChoices.from_values`.

    Refuses:
        ChoiceMissingError: the file is missing, or has no usable value for that day.
    """
    path = policy_folder() / FILE
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["parameters"]
        values: dict[str, object] = {entry["id"]: _value_on(entry["values"], on) for entry in entries}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as trouble:
        raise ChoiceMissingError(parameter=FILE, value=str(trouble)) from trouble
    return RevivalChoices.from_values(values.get)


def _value_on(values: list[Mapping[str, Any]], on: date | None) -> object:
    dated = sorted((one for one in values if one["place"] == NATION), key=lambda one: one["from"])
    if on is not None:
        dated = [one for one in dated if Period(start=one["from"], end=one.get("to")).covers(on)]
    return dated[-1]["value"] if dated else None
