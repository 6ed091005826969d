"""The revival guard (变相恢复检查): names that come close to a qualification that was cancelled."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from zhiping.core.catalogues.occupations import occupations
from zhiping.core.wording.choices import RevivalChoices, choices_in_force
from zhiping.core.wording.cores import Core, Trimmer
from zhiping.core.wording.errors import ItemNameEmptyError
from zhiping.core.wording.likeness import Measure, Parts, Weighed, Weights, parts
from zhiping.core.wording.sounds import may_pass_for

KEPT = 50_000
"""How many cores are remembered with their flags before memory is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledItem:
    """One cancelled qualification (已取消的职业资格许可和认定事项)."""

    name: str
    batch: str
    document: str
    cancelled_on: date
    kind: str
    tracking_department: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like a name is to one cancelled item, and what that is made of (相近项目)."""

    name: str
    item: CancelledItem
    score: float
    parts: Parts
    core: str
    """What of the name was compared."""
    item_core: str
    is_official_profession: bool
    """The name is another profession of the classification, not the item's own: shown, never flagged."""


class RevivalGuard:
    """Finds cancelled items that a proposed or found name comes close to.

    Guarantees:
        What it answers never changes after it is made; safe to share between threads. Equal names get equal
        answers, the likest item first, then by the item's name and batch. A flag is a hint to a person and
        never a refusal.
    """

    def __init__(
        self,
        items: Iterable[CancelledItem],
        *,
        choices: RevivalChoices | None = None,
        professions: Iterable[str] | None = None,
    ) -> None:
        """Take the items apart and index them by the sounds of their characters.

        Args:
            items: what was cancelled.
            choices: how likeness is counted; without them those of the policy folder.
            professions: names of other professions, which tell common characters from rare ones and which are
                no revivals themselves; without them those of the newest classification.

        Refuses:
            ItemNameEmptyError: an item's name has nothing to compare.
            ChoiceMissingError: the policy folder lacks a choice.
        """
        self.choices = choices or choices_in_force()
        known = _official() if professions is None else tuple(professions)
        self._trimmer = Trimmer(self.choices)
        self._items = sorted(items, key=lambda one: (one.name, one.batch))
        weights = Weights([*known, *(item.name for item in self._items)])
        self._measure = Measure(weights, self.choices)
        self._forms = [
            _form(item, self._measure.weighed(core)) for item in self._items for core in self._cores_of(item)
        ]
        self._professions = {
            (core.text, core.head) for name in known for core in self._trimmer.cores_of_name(name)[:1]
        }
        self._telling = self._index()
        self._kept: dict[Core, list[tuple[float, _Form]]] = {}

    def _index(self) -> dict[str, list[int]]:
        """Return telling sound → forms: whoever comes near a form has at least one of its telling sounds.

        What the item has and the name has not costs its full weight, at most (1 - threshold) of the heavier
        core. A name can be heavier than the item by fillers only, which the same bound limits. So a form may
        miss only so much of itself, and sounds that together weigh more than that cannot all be missing; the
        rarest are taken, as they lead to the fewest forms.
        """
        room = 1 - self.choices.flag_at
        least = self.choices.least_filler_share
        filled = room / least if least else 1.0
        may_miss = room / (1 - filled) if filled < 1 else 1.0
        spread = Counter(heard for form in self._forms for heard, _ in form.pairs)
        found: dict[str, list[int]] = defaultdict(list)
        for number, form in enumerate(self._forms):
            seen = 0.0
            for _, heard, weight in sorted(
                (spread[heard] / weight, heard, weight) for heard, weight in form.pairs
            ):
                if seen > may_miss * form.weighed.total:
                    break
                found[heard].append(number)
                seen += weight
        return found

    def nearest(self, name: str, limit: int = 5, *, on: date | None = None) -> tuple[Likeness, ...]:
        """Return the items that a name is likest to, however little (最相近的项目).

        Args:
            name: a proposed or found name.
            limit: how many at most.
            on: leave out what was cancelled later than this day.
        """
        return tuple(self._likenesses(name, at_least=0.0, on=on)[:limit])

    def flagged(self, name: str, *, on: date | None = None) -> tuple[Likeness, ...]:
        """Return the items that a name is so like that a person should look (疑似变相恢复).

        Args:
            name: a proposed or found name.
            on: leave out what was cancelled later than this day.

        Authority:
            GD18-2a, JL17-1.
        """
        found = self._likenesses(name, at_least=self.choices.flag_at, on=on)
        return tuple(one for one in found if not one.is_official_profession)

    def flagged_among(
        self, names: Iterable[str], *, on: date | None = None
    ) -> Iterator[tuple[str, tuple[Likeness, ...]]]:
        """Yield each flagged name of many with its items; a name that comes again is yielded once."""
        seen: set[str] = set()
        for name in names:
            if name not in seen:
                seen.add(name)
                if found := self.flagged(name, on=on):
                    yield name, found

    def _cores_of(self, item: CancelledItem) -> tuple[Core, ...]:
        cores = self._trimmer.core_of_item(item.name)
        if not cores:
            raise ItemNameEmptyError(name=item.name, batch=item.batch)
        return cores

    def _likenesses(self, name: str, *, at_least: float, on: date | None) -> list[Likeness]:
        cores = self._trimmer.cores_of_name(name)
        best: dict[int, tuple[float, Core, _Form]] = {}
        for core in cores:
            for score, form in self._scored(core, at_least):
                known = best.get(id(form.item))
                if (on is None or form.item.cancelled_on <= on) and (known is None or score > known[0]):
                    best[id(form.item)] = (score, core, form)
        ordered = sorted(best.values(), key=lambda one: (-one[0], one[2].item.name, one[2].item.batch))
        is_profession = any((core.text, core.head) in self._professions for core in cores)
        return [
            Likeness(
                name=name,
                item=form.item,
                score=round(score, 4),
                parts=parts(core.text, form.weighed.core.text),
                core=core.text,
                item_core=form.weighed.core.text,
                is_official_profession=is_profession and score < 1,
            )
            for score, core, form in ordered
        ]

    def _scored(self, core: Core, at_least: float) -> "list[tuple[float, _Form]]":
        """Return the forms that a core is like, with their scores; names share cores, so flags are kept."""
        if at_least == self.choices.flag_at and core in self._kept:
            return self._kept[core]
        name = self._measure.weighed(core)
        found = [
            (score, form)
            for form in self._worth_a_look(name, at_least)
            if (score := self._measure.likeness(name, form.weighed, at_least)) >= at_least and score > 0
        ]
        if at_least == self.choices.flag_at:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[core] = found
        return found

    def _worth_a_look(self, name: Weighed, at_least: float) -> "Iterable[_Form]":
        """Return the forms that a name can be like at all; all of them where no threshold is asked for."""
        if at_least < self.choices.flag_at:
            return self._forms
        heard = _heard(name)
        numbers = {number for one in heard.sounds for number in self._telling.get(one, ())}
        forms = (self._forms[number] for number in sorted(numbers))
        return [form for form in forms if heard.may_reach(form, self.choices)]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way in which an item may be named, made ready for comparing."""

    item: CancelledItem
    weighed: Weighed
    pairs: tuple[tuple[str, float], ...]
    """Near sound and the weight of the characters that have it, the heaviest first."""
    sounds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What can be heard in a name: each character as it sounds and as those that it is taken for."""

    weighed: Weighed
    ears: tuple[frozenset[str], ...]
    sounds: frozenset[str]

    def may_reach(self, form: _Form, choices: RevivalChoices) -> bool:
        """Tell whether a form is affordable, going by what neither has of the other.

        What the item alone has costs its weight, what the name alone has its weight as filler; a change of
        one for the other costs no less than either. Both bounds stay below what the alignment will cost.
        """
        room = (1 - choices.flag_at) * max(self.weighed.total, form.weighed.total)
        left = room
        for one, weight in form.pairs:
            if one not in self.sounds:
                left -= weight
                if left < 0:
                    return False
        added = sum(
            [
                weight
                for ears, weight in zip(self.ears, self.weighed.weights, strict=True)
                if ears.isdisjoint(form.sounds)
            ]
        )
        return choices.least_filler_share * added <= room


def _heard(name: Weighed) -> _Heard:
    ears = tuple(may_pass_for(one) for one in name.core.text)
    return _Heard(name, ears, frozenset().union(*ears))


def _form(item: CancelledItem, weighed: Weighed) -> _Form:
    found: dict[str, float] = defaultdict(float)
    for heard, weight in zip(weighed.sounds, weighed.weights, strict=True):
        found[heard] += weight
    pairs = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return _Form(item, weighed, tuple(pairs), frozenset(found))


def _official() -> tuple[str, ...]:
    return tuple(occupation.name for occupation in occupations().all())
