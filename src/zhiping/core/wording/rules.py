"""Forbidden words as dated, placed, cited rules (禁用字样), and the contexts in which they are none."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product

from zhiping.core.catalogues.files import Certainty
from zhiping.core.wording.errors import WordRuleUnreadableError
from zhiping.core.wording.folding import Gap, fold, fold_plainly
from zhiping.kernel.errors import DomainError
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place


class TextKind(StrEnum):
    """What kind of text is checked (文字类别)."""

    CERTIFICATE_NAME = "certificate_name"
    TEMPLATE_TEXT = "template_text"
    BODY_NAME = "body_name"
    """The name of the evaluation body as it stands on the certificate."""
    MARK = "mark"
    """A declared attribute of the template, such as 国徽: what is drawn, not what is written."""
    ADVERTISEMENT = "advertisement"


class CertificateKind(StrEnum):
    """What certificate the text stands on (证书类别)."""

    UNSTATED = "unstated"
    OWN_ASSESSMENT = "own_assessment"
    """A body's own assessment of ability, without any filing."""
    SKILL_LEVEL = "skill_level"
    SPECIAL_ABILITY = "special_ability"
    DIRECTORY_QUALIFICATION = "directory_qualification"
    """A qualification that the national directory lists, issued by the department named there."""
    PROFESSIONAL_TITLE = "professional_title"


class IssuerKind(StrEnum):
    """Who issues (发证主体)."""

    SOCIAL_ORGANISATION = "social_organisation"
    ENTERPRISE = "enterprise"
    PUBLIC_INSTITUTION = "public_institution"
    AUTHORITY = "authority"


RUNNING_TEXT = frozenset({TextKind.TEMPLATE_TEXT, TextKind.ADVERTISEMENT})
"""Kinds in which a comma or a stop parts two phrases; names have no phrases to part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRule:
    """One word that one clause forbids at a place for a period (禁用字样规则)."""

    word: str
    folded: str
    clause: str
    wording: str
    """What the clause says of the word."""
    place: Place
    period: Period
    applies_to: frozenset[TextKind]
    issuers: frozenset[IssuerKind]
    carried_by: frozenset[CertificateKind]
    """Certificates on which the word is lawful."""
    needs_right: bool
    """Forbidden only to who has no right to it; whether somebody has is read from the kind of certificate."""
    certainty: Certainty
    note: str

    def concerns(self, *, kind: TextKind, within: Container[Place], issuer: IssuerKind | None) -> bool:
        """Tell whether the rule speaks of such a text, on whatever day.

        Args:
            kind: what kind of text.
            within: the place and everything above it.
            issuer: who issues; one that is not stated may be any.
        """
        return kind in self.applies_to and self.place in within and (issuer is None or issuer in self.issuers)


class Treatment(StrEnum):
    """What a context means for the word in it."""

    NO_HIT = "pass"
    """The characters are there by chance."""
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Surroundings in which the characters of a word are not the word, or are for a person to judge (语境).

    `gap_at` is the place in the folded context where the original must have a gap, and elsewhere none.
    """

    word: str
    text: str
    gap_at: int | None
    at: int
    """Where the word starts in the context."""
    treatment: Treatment
    kind: str
    why: str


ANY_WORD = "*"
_COLUMNS = frozenset(
    {"word", "clause", "wording", "place", "valid_from", "valid_to", "applies_to", "issuers", "carried_by"}
    | {"needs_right", "certainty", "note"}
)
_CONTEXT_COLUMNS = frozenset({"word", "context", "treatment", "kind", "why"})
_MARKS = {"yes": True, "no": False}


def word_rules(rows: Iterable[Mapping[str, str]]) -> tuple[WordRule, ...]:
    """Return the rules of catalogue rows, in their order.

    Refuses:
        WordRuleUnreadableError: a row lacks a column or has a value that is not allowed.
    """
    return tuple(_word_rule(row, line) for line, row in enumerate(rows, 2))


def _word_rule(row: Mapping[str, str], line: int) -> WordRule:
    _require(row, _COLUMNS, line)
    try:
        rule = WordRule(
            word=row["word"],
            folded=fold_plainly(row["word"]),
            clause=row["clause"],
            wording=row["wording"],
            place=Place(row["place"]),
            period=Period(
                start=date.fromisoformat(row["valid_from"]),
                end=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            ),
            applies_to=frozenset(TextKind(one) for one in _parts(row["applies_to"])),
            issuers=frozenset(IssuerKind(one) for one in _parts(row["issuers"])),
            carried_by=frozenset(CertificateKind(one) for one in _parts(row["carried_by"])),
            needs_right=_MARKS[row["needs_right"]],
            certainty=Certainty(row["certainty"]),
            note=row["note"],
        )
    except (ValueError, KeyError, DomainError) as trouble:
        raise WordRuleUnreadableError(line=line, word=row["word"], reason=str(trouble)) from trouble
    for column, value in (
        ("word", rule.folded),
        ("clause", rule.clause),
        ("wording", rule.wording),
        ("applies_to", rule.applies_to),
        ("issuers", rule.issuers),
    ):
        if not value:
            raise WordRuleUnreadableError(line=line, word=row["word"], reason=f"{column}: empty")
    return rule


def contexts(rows: Iterable[Mapping[str, str]]) -> tuple[Context, ...]:
    """Return the contexts of catalogue rows.

    Refuses:
        WordRuleUnreadableError: a row lacks a column, or its context does not hold its word.
    """
    found: list[Context] = []
    for line, row in enumerate(rows, 2):
        _require(row, _CONTEXT_COLUMNS, line)
        if row["word"] != ANY_WORD:
            found += [_context(row, spelled, line) for spelled in spelled_out(row["context"])]
    return tuple(found)


def title_endings(rows: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return how the titles of laws and papers end, from rows for any word such as 《*法》.

    A word inside a title in title marks is for a person to judge, whatever the word is.

    Refuses:
        WordRuleUnreadableError: a row for any word is no title.
    """
    found: list[str] = []
    for line, row in enumerate(rows, 2):
        if row.get("word") != ANY_WORD:
            continue
        for spelled in spelled_out(row["context"]):
            if not spelled.startswith("《*") or not spelled.endswith("》"):
                raise WordRuleUnreadableError(line=line, word=ANY_WORD, reason=spelled)
            found.append(fold_plainly(spelled))
    return tuple(found)


def spelled_out(context: str) -> list[str]:
    """Return every context that one with alternatives stands for.

    >>> spelled_out("(安/健)全国(内/外)")
    ['安全国内', '安全国外', '健全国内', '健全国外']
    """
    parts = [part.split("/") for part in re.split(r"[()]", context)]
    return ["".join(chosen) for chosen in product(*parts)]


def _context(row: Mapping[str, str], spelled: str, line: int) -> Context:
    before, bar, _ = spelled.partition("|")
    text, word = fold_plainly(spelled.replace("|", "")), fold_plainly(row["word"])
    # Of 安全国 the word is at the end, of 国家标准 at the start; one that holds it twice would be ambiguous.
    if text.count(word) != 1 or row["treatment"] not in set(Treatment):
        raise WordRuleUnreadableError(line=line, word=row["word"], reason=spelled)
    return Context(
        word=word,
        text=text,
        gap_at=len(fold(before).text) if bar else None,
        at=text.index(word),
        treatment=Treatment(row["treatment"]),
        kind=row["kind"],
        why=row["why"],
    )


def address_contexts(words: Iterable[str], children: Mapping[str, Iterable[str]]) -> tuple[Context, ...]:
    """Return contexts in which a word that is a place's name begins an address: 广东省 before 佛山市.

    Args:
        words: the forbidden words.
        children: name of a place → names of the places in it.
    """
    return tuple(
        Context(
            word=fold_plainly(word),
            text=fold_plainly(word + child),
            gap_at=None,
            at=0,
            treatment=Treatment.PERSON,
            kind="place",
            why="地址",
        )
        for word in sorted(set(words) & children.keys())
        for child in children[word]
    )


def is_met(context: Context, text: str, gaps: list[Gap], at: int) -> bool:
    """Tell whether the word at a place of the folded text stands in the context."""
    start = at - context.at
    if start < 0 or not text.startswith(context.text, start):
        return False
    return all(bool(gaps[start + step]) == (step == context.gap_at) for step in range(1, len(context.text)))


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _require(row: Mapping[str, str], columns: frozenset[str], line: int) -> None:
    missing = sorted(columns - row.keys())
    if missing:
        raise WordRuleUnreadableError(line=line, word=row.get("word", ""), reason="、".join(missing))
