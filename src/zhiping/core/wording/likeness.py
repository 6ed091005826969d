"""How like two cores are (相近度): aligned so that rare characters weigh more and slight changes less."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from zhiping.core.wording.choices import RevivalChoices
from zhiping.core.wording.cores import Core
from zhiping.core.wording.look_alikes import CLOSE
from zhiping.core.wording.sounds import near_sound, sound

LIGHTEST = 0.25
"""What the commonest character still weighs: to share only 管理 is little, and not nothing."""


class Weights:
    """How much a character tells (区分度): rare ones much, those in every second name little."""

    def __init__(self, names: Iterable[str]) -> None:
        """Count in how many names each character stands."""
        counts: Counter[str] = Counter()
        total = 0
        for name in names:
            counts.update(set(name))
            total += 1
        rarest = math.log(total + 2)
        self._weights = {
            character: max(LIGHTEST, math.log((total + 2) / (count + 1)) / rarest)
            for character, count in counts.items()
        }

    def of(self, character: str) -> float:
        """Return the weight of a character; one that no name has weighs 1."""
        return self._weights.get(character, 1.0)

    def of_text(self, text: str) -> list[float]:
        """Return the weight of each character."""
        weights = self._weights
        return [weights.get(character, 1.0) for character in text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a likeness is made of, each from 0 to 1 (相近度构成)."""

    edit: float
    """Normalised edit distance of the cores."""
    tokens: float
    """Pairs of neighbouring characters that both have."""
    pinyin: float
    """Normalised edit distance of the sounds."""


def parts(name: str, item: str) -> Parts:
    """Return the plain similarities of two cores.

    >>> parts("心里咨询", "心理咨询").pinyin
    1.0
    """
    return Parts(
        edit=Levenshtein.normalized_similarity(name, item),
        tokens=_pairs_shared(name, item),
        pinyin=Levenshtein.normalized_similarity([sound(one) for one in name], [sound(one) for one in item]),
    )


def _pairs_shared(name: str, item: str) -> float:
    mine, its = _pairs(name), _pairs(item)
    if not mine or not its:
        return float(name == item)
    return 2 * (mine & its).total() / (mine.total() + its.total())


def _pairs(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A core with the weight and the near sound of each of its characters, made once and compared often."""

    core: Core
    weights: tuple[float, ...]
    sounds: tuple[str, ...]
    total: float


class Measure:
    """Compares cores by the weights of a background and the choices of the policy folder."""

    def __init__(self, weights: Weights, choices: RevivalChoices) -> None:
        """Keep both."""
        self._weights = weights
        self._choices = choices

    def weighed(self, core: Core) -> Weighed:
        """Return a core made ready for comparing."""
        weights = tuple(self._weights.of_text(core.text))
        return Weighed(core, weights, tuple(near_sound(one) for one in core.text), sum(weights))

    def likeness(self, name: Weighed, item: Weighed, at_least: float = 0.0) -> float:
        """Return how like a name is to an item, from 0 to 1; 1 only for the same core with the same head.

        Args:
            name: the core of a name.
            item: the core of an item.
            at_least: what is less like than this may be answered with 0, which is found out sooner.
        """
        loss = self._choices.head_loss if name.core.head != item.core.head else 0.0
        if name.core.text == item.core.text:
            return 1.0 - loss
        heavier = max(name.total, item.total)
        affordable = (1 - at_least - loss) * heavier
        if name.core.text.endswith(item.core.text):
            cost = self._choices.front_share * (name.total - item.total)
        else:
            cost = self._aligned(name, item, affordable)
        if cost > self._choices.reorder_loss * heavier:
            shuffled = self._unordered(name.core.text, item.core.text)
            cost = min(cost, shuffled + self._choices.reorder_loss * heavier)
        return max(0.0, 1 - cost / heavier - loss) if cost <= affordable else 0.0

    def _aligned(self, name: Weighed, item: Weighed, affordable: float) -> float:
        """Return the cheapest way from the item to the name: change, leave out, add, swap two neighbours.

        Where less than half of the item stands unchanged, a homophone is another word and costs like one.
        """
        mine, its = name.core.text, item.core.text
        start, mine_end, its_end = _apart(mine, its)
        slight, filler = self._choices.slight_share, self._choices.filler_share
        if sum([one in its for one in mine]) * 2 < len(its):
            slight = 1.0
        adding = [filler * weight for weight in name.weights[start:mine_end]]
        before_last: list[float] = []
        last = [0.0, *accumulate(adding)]
        for row in range(start, its_end):
            character, weight, heard = its[row], item.weights[row], item.sounds[row]
            close = CLOSE.get(character, _NONE)
            cheapest = last[0] + weight
            line = [cheapest]
            for column, other in enumerate(mine[start:mine_end]):
                cost = last[column]
                if character != other:
                    at = start + column
                    share = slight if heard == name.sounds[at] or other in close else 1.0
                    cost += share * max(weight, name.weights[at])
                cost = min(cost, last[column + 1] + weight, line[column] + adding[column])
                if before_last and column and character == mine[start + column - 1] and its[row - 1] == other:
                    cost = min(cost, before_last[column - 1] + slight * (weight + item.weights[row - 1]))
                line.append(cost)
                cheapest = min(cheapest, cost)
            if cheapest > affordable and min(last) > affordable:
                return cheapest  # a swap looks back two lines, so both must be too dear
            before_last, last = last, line
        return last[-1]

    def _unordered(self, name: str, item: str) -> float:
        """Return what the cores cost when their order is set aside."""
        left = list(name)
        missing = 0.0
        for one in item:
            if one in left:
                left.remove(one)
            else:
                missing += self._weights.of(one)
        return missing + self._choices.filler_share * sum(self._weights.of_text("".join(left)))


_NONE: frozenset[str] = frozenset()


def _apart(one: str, other: str) -> tuple[int, int, int]:
    """Return where two texts begin to differ and where each ends to; what they share costs nothing.

    >>> _apart("物流管理", "物业管理")
    (1, 2, 2)
    """
    start, end, other_end = 0, len(one), len(other)
    while start < end and start < other_end and one[start] == other[start]:
        start += 1
    while end > start and other_end > start and one[end - 1] == other[other_end - 1]:
        end -= 1
        other_end -= 1
    return start, end, other_end
