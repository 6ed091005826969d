"""What is left of a name without its trimmings (名称主干): prefixes, suffixes, levels and the head word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhiping.core.wording.choices import RevivalChoices
from zhiping.core.wording.folding import fold_plainly

SHORTEST = 2
"""A core of one character says too little for trimming to go on."""


@dataclass(frozen=True, slots=True)
class Core:
    """A name without trimmings: what it is about, and the word for who does it (师, 员, 工 …)."""

    text: str
    head: str


class Trimmer:
    """Takes names apart by the lists of the policy folder."""

    def __init__(self, choices: RevivalChoices) -> None:
        """Make the patterns once."""
        self._suffix = re.compile(f"(?:{_either(choices.suffixes)}|[a-z0-9]+)\\Z")
        self._prefix = re.compile(f"(?:{_either(choices.prefixes)}|[a-z0-9]+)")
        self._head = re.compile(f"(?:{_either(choices.heads)})\\Z")
        self._level = re.compile(_either(choices.levels))
        self._same = dict(choices.same_words)
        self._other_word = re.compile(_either(tuple(self._same)))

    def core_of_item(self, name: str) -> tuple[Core, ...]:
        """Return how a cancelled item may be named: as it is, and without its prefix.

        >>> from zhiping.core.wording.choices import choices_in_force
        >>> [core.text for core in Trimmer(choices_in_force()).core_of_item("国际商务师")]
        ['国际商务', '商务']
        """
        whole = self._beheaded(self._without_suffixes(self._read(name)))
        return _distinct([whole, Core(self._without_prefixes(whole.text), whole.head)])

    def cores_of_name(self, name: str) -> tuple[Core, ...]:
        """Return what a found name may stand for, from least to most trimmed.

        >>> from zhiping.core.wording.choices import choices_in_force
        >>> [core.text for core in Trimmer(choices_in_force()).cores_of_name("注册心理高级咨询师资格证书")]
        ['注册心理高级咨询', '心理高级咨询', '心理咨询']
        """
        whole = self._beheaded(self._without_suffixes(self._read(name)))
        bare = Core(self._without_prefixes(whole.text), whole.head)
        plain = self._level.sub("", bare.text)
        levelled = Core(plain, whole.head) if len(plain) >= SHORTEST else bare
        return _distinct([whole, bare, levelled])

    def _read(self, name: str) -> str:
        """Return the one reading of a name, with words of other regions in place (网路 is 网络)."""
        return self._other_word.sub(lambda found: self._same[found[0]], fold_plainly(name))

    def _without_suffixes(self, text: str) -> str:
        while (found := self._suffix.search(text)) and found.start() >= SHORTEST:
            text = text[: found.start()]
        return text

    def _without_prefixes(self, text: str) -> str:
        while (found := self._prefix.match(text)) and len(text) - found.end() >= SHORTEST:
            text = text[found.end() :]
        return text

    def _beheaded(self, text: str) -> Core:
        found = self._head.search(text)
        if found is None or found.start() == 0:
            return Core(text, "")
        return Core(text[: found.start()], found[0])


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _distinct(cores: list[Core]) -> tuple[Core, ...]:
    return tuple(dict.fromkeys(core for core in cores if core.text))
