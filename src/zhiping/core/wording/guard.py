"""The wording guard (用字检查): which forbidden words a text carries, where, and by which clause."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhiping.core.catalogues.divisions import divisions
from zhiping.core.catalogues.files import Certainty, read_rows
from zhiping.core.catalogues.occupations import occupations
from zhiping.core.wording.folding import Disguise, FoldedText, Gap, fold, fold_plainly
from zhiping.core.wording.rules import (
    RUNNING_TEXT,
    CertificateKind,
    Context,
    IssuerKind,
    TextKind,
    Treatment,
    WordRule,
    address_contexts,
    contexts,
    is_met,
    title_endings,
    word_rules,
)
from zhiping.kernel.place import Place

WORDS, CONTEXTS = "forbidden_words.csv", "wording_contexts.csv"


class WordingOutcome(StrEnum):
    """What a check of a text comes to, the gravest first (结论)."""

    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"
    LAWFUL = "lawful"
    NO_RULE_KNOWN = "no_rule_known"
    """Nothing is known to bind such a text there on that day; that neither allows nor forbids it."""


class PersonReason(StrEnum):
    """Why a hit is left to a person instead of being refused (转人工原因)."""

    REGISTERED_NAME = "registered_name"
    PLACE_NAME = "place"
    LAW_NAME = "law"
    STANDARD_NAME = "standard"
    DISCLAIMER = "disclaimer"
    OTHER_WORD = "other_word"
    RIGHT_UNSTATED = "right_unstated"
    UNCERTAIN_SOURCE = "uncertain_source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One forbidden word in a text (命中)."""

    word: str
    found: str
    """The stretch of the original that reads as the word."""
    start: int
    end: int
    """Where it stands in the original; start counts from 0, end does not count."""
    folded: str
    """The normalised form in which it was recognised."""
    disguises: frozenset[Disguise]
    outcome: WordingOutcome
    reason: PersonReason | None
    """Why a person decides; None where it is refused."""
    context: str
    """The lawful surroundings that were seen (a registered name, an address), else empty."""
    rules: tuple[WordRule, ...]
    """What forbids the word there and then: the decisive first, then narrower places before wider ones."""

    @property
    def rule(self) -> WordRule:
        """Return the decisive rule: its clause, wording, place and period are what the hit rests on."""
        return self.rules[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingVerdict:
    """What the guard says of one text (用字判定)."""

    text: str
    kind: TextKind
    place: Place
    on: date
    certificate: CertificateKind
    outcome: WordingOutcome
    hits: tuple[Hit, ...]
    """In the order in which they stand in the text."""
    rules_out_of_force: tuple[WordRule, ...]
    """What forbids a word of the text there on other days: shown as history, never as a reason."""


class Guard:
    """Checks texts against forbidden words.

    Guarantees:
        Never changes after it is made; safe to share between threads. Equal questions get equal answers.
        Whatever spaces, invisible characters or character widths are put into a word, it stays a hit.
    """

    def __init__(
        self,
        rules: Sequence[WordRule],
        *,
        allowed_contexts: Iterable[Context] = (),
        official_names: Iterable[str] = (),
        titles_end_in: Sequence[str] = (),
    ) -> None:
        """Index rules by word and contexts by word.

        Args:
            rules: what is forbidden.
            allowed_contexts: surroundings in which a word is none, or is for a person to judge.
            official_names: names of the classification; a word inside such a name is no hit.
            titles_end_in: endings of titles of laws and papers; a word in such a title is left to a person.
        """
        self._rules = tuple(rules)
        self._words = sorted({rule.folded for rule in rules}, key=lambda word: (-len(word), word))
        self._titles_end_in = tuple(titles_end_in)
        self._contexts: dict[str, list[Context]] = {}
        for context in sorted(allowed_contexts, key=lambda one: -len(one.text)):
            self._contexts.setdefault(context.word, []).append(context)
        names = {fold_plainly(name) for name in official_names}
        self._names = sorted(
            (name for name in names if any(word in name for word in self._words)),
            key=lambda name: (-len(name), name),
        )

    @classmethod
    def from_catalogue(
        cls,
        rows: Iterable[Mapping[str, str]],
        context_rows: Iterable[Mapping[str, str]] = (),
        *,
        official_names: Iterable[str] = (),
        places_within: Mapping[str, Iterable[str]] | None = None,
    ) -> "Guard":
        """Return a guard made of catalogue rows (forbidden_words.csv, wording_contexts.csv).

        Args:
            rows: forbidden words.
            context_rows: contexts.
            official_names: names of occupations.
            places_within: name of a place → names of the places in it, to tell an address from a boast.

        Refuses:
            WordRuleUnreadableError: a row is not what it should be.
        """
        rules = word_rules(rows)
        surroundings = tuple(context_rows)
        return cls(
            rules,
            titles_end_in=title_endings(surroundings),
            allowed_contexts=(
                *contexts(surroundings),
                *address_contexts((rule.word for rule in rules), places_within or {}),
            ),
            official_names=official_names,
        )

    @property
    def rules(self) -> tuple[WordRule, ...]:
        """Return every rule of every place and period."""
        return self._rules

    def check(
        self,
        text: str,
        *,
        kind: TextKind,
        place: Place,
        on: date,
        registered_names: Collection[str] = (),
        certificate: CertificateKind = CertificateKind.UNSTATED,
        issuer: IssuerKind | None = None,
    ) -> WordingVerdict:
        """Check one text by the words that are forbidden at the place on the named day (检查用字).

        1. Read the text in its one form; keep the way back.
        2. Find every word of a rule in force; leave out what an official occupation name or chance explains,
           and what this kind of certificate may carry; of nested words the longest counts.
        3. A registered name, a lawful context, a right not stated, an uncertain source leave it to a person.
        4. The gravest hit decides. Without any rule for such a text the answer is `no_rule_known`.

        Args:
            text: a name, the text of a template, or the declared name of a mark.
            kind: which of these.
            place: where the certificate is issued.
            on: the day that picks the rules (issue, or filing of the template).
            registered_names: legal names on record under a credit code; what is inside is left to a person.
            certificate: what the text stands on; words that only some certificates may carry depend on it.
            issuer: who issues; not stated means that the rules for any issuer apply.

        Authority:
            GD18-2b, RSBF17-68-2, RSBH22-25-1, RSBH22-25-2.
        """
        within = frozenset(place.chain)
        concerned = [rule for rule in self._rules if rule.concerns(kind=kind, within=within, issuer=issuer)]
        binding = [rule for rule in concerned if rule.period.covers(on)]
        plain = fold_plainly(text)  # 1
        present = {word for word in self._words if word in plain}
        hits: tuple[Hit, ...] = ()
        if present and binding:
            looking = _Looking(fold(text), kind, certificate, self._names, registered_names)
            hits = tuple(self._hits(looking, [rule for rule in binding if rule.folded in present]))
        return WordingVerdict(
            text=text,
            kind=kind,
            place=place,
            on=on,
            certificate=certificate,
            outcome=_gravest(hits, is_known=bool(binding)),  # 4
            hits=hits,
            rules_out_of_force=tuple(
                rule for rule in concerned if rule.folded in present and rule not in binding
            ),
        )

    def _hits(self, looking: "_Looking", rules: Sequence[WordRule]) -> Iterator[Hit]:
        of_word: dict[str, list[WordRule]] = {}
        for rule in rules:
            if looking.certificate not in rule.carried_by:
                of_word.setdefault(rule.folded, []).append(rule)
        spans = [
            (start, start + len(word), word)
            for word in of_word
            for start in looking.places_of(word)
            if not looking.is_masked(start, start + len(word)) and not self._is_chance(looking, word, start)
        ]
        for start, end, word in sorted(spans):  # 2
            if not any(
                (other[0] <= start and end <= other[1] and other[1] - other[0] > end - start)
                for other in spans
            ):
                yield self._hit(looking, start, end, of_word[word])

    def _is_chance(self, looking: "_Looking", word: str, start: int) -> bool:
        context = self._context(looking, word, start)
        return context is not None and context.treatment is Treatment.NO_HIT

    def _context(self, looking: "_Looking", word: str, start: int) -> Context | None:
        for context in self._contexts.get(word, ()):
            if is_met(context, looking.folded.text, looking.gaps, start):
                return context
        return None

    def _hit(self, looking: "_Looking", start: int, end: int, rules: Sequence[WordRule]) -> Hit:
        reason, seen = self._lawful_surroundings(looking, start, end)  # 3
        ordered = sorted(
            rules, key=lambda rule: (rule.certainty is Certainty.UNCERTAIN, -len(rule.place.chain))
        )
        if reason is None:
            reason = _doubt(ordered[0], looking.certificate)
        first, last = looking.folded.span(start, end)
        return Hit(
            word=ordered[0].word,
            found=looking.folded.original[first:last],
            start=first,
            end=last,
            folded=looking.folded.text[start:end],
            disguises=looking.folded.disguises(start, end),
            outcome=WordingOutcome.REFUSED if reason is None else WordingOutcome.NEEDS_PERSON,
            reason=reason,
            context=seen,
            rules=tuple(ordered),
        )

    def _lawful_surroundings(
        self, looking: "_Looking", start: int, end: int
    ) -> tuple[PersonReason | None, str]:
        for first, last, name in looking.registered:
            if first <= start and end <= last:
                return PersonReason.REGISTERED_NAME, name
        context = self._context(looking, looking.folded.text[start:end], start)
        if context is not None:
            return PersonReason(context.kind), context.text
        title = looking.title_around(start, end)
        if self._titles_end_in and fold_plainly(title).endswith(self._titles_end_in):
            return PersonReason.LAW_NAME, title
        return None, ""


def _doubt(rule: WordRule, certificate: CertificateKind) -> PersonReason | None:
    if rule.needs_right and certificate is CertificateKind.UNSTATED:
        return PersonReason.RIGHT_UNSTATED
    return PersonReason.UNCERTAIN_SOURCE if rule.certainty is Certainty.UNCERTAIN else None


def _gravest(hits: Sequence[Hit], *, is_known: bool) -> WordingOutcome:
    if not is_known:
        return WordingOutcome.NO_RULE_KNOWN
    if any(hit.outcome is WordingOutcome.REFUSED for hit in hits):
        return WordingOutcome.REFUSED
    return WordingOutcome.NEEDS_PERSON if hits else WordingOutcome.LAWFUL


class _Looking:
    """One text while it is looked at: where words, official names and registered names stand in it."""

    def __init__(
        self,
        folded: FoldedText,
        kind: TextKind,
        certificate: CertificateKind,
        official_names: Sequence[str],
        registered_names: Collection[str],
    ) -> None:
        self.folded = folded
        self.certificate = certificate
        self.gaps = [one.gap for one in folded.characters]
        self._widest = Gap.PUNCTUATION if kind in RUNNING_TEXT else Gap.SENTENCE
        self._masks = [
            (start, start + len(name))
            for name in official_names
            for start in self.places_of(name, widest=Gap.NONE)
        ]
        self.registered = [
            (start, start + len(plain), name)
            for name in sorted(registered_names, key=lambda one: (-len(one), one))
            if (plain := fold_plainly(name))
            for start in self.places_of(plain)
        ]

    def places_of(self, word: str, *, widest: Gap | None = None) -> list[int]:
        """Return where a word starts in the folded text, as far as its gaps allow."""
        limit = self._widest if widest is None else widest
        found: list[int] = []
        start = self.folded.text.find(word)
        while start >= 0:
            if self.folded.widest_gap(start, start + len(word)) <= limit:
                found.append(start)
            start = self.folded.text.find(word, start + 1)
        return found

    def title_around(self, start: int, end: int) -> str:
        """Return the title between title marks 《》 that holds a stretch; empty where none does."""
        first, last = self.folded.span(start, end)
        before, opened, title_start = self.folded.original[:first].rpartition("《")
        title_end, closed, _ = self.folded.original[last:].partition("》")
        if not opened or not closed or "》" in title_start or "《" in title_end:
            return ""
        return self.folded.original[len(before) + 1 : last + len(title_end)]

    def is_masked(self, start: int, end: int) -> bool:
        """Tell whether a stretch lies inside an official occupation name."""
        return any(first <= start and end <= last for first, last in self._masks)


def guard_in_force() -> Guard:
    """Return the guard made of the policy folder's own lists; made anew at each call, so keep it.

    Refuses:
        CatalogueUnreadableError: a list is missing.
        WordRuleUnreadableError: a row is not what it should be.
    """
    rows = read_rows(WORDS)
    return Guard.from_catalogue(
        rows,
        read_rows(CONTEXTS),
        official_names=(occupation.name for occupation in occupations().all()),
        places_within=_places_within(word_rules(rows)),
    )


def _places_within(rules: Sequence[WordRule]) -> dict[str, list[str]]:
    """Return the places inside each place that a word names, when its rule began and when it ended."""
    known = divisions()
    found: dict[str, list[str]] = {}
    for rule in rules:
        for day in filter(None, (rule.period.start, rule.period.end)):
            for place in known.named(rule.word, on=day):
                names = found.setdefault(rule.word, [])
                names += [
                    child.name for child in known.children(place.code, on=day) if child.name not in names
                ]
    return found
