"""The public look-up (公众查询): what is asked, what matches, what is shown.

No Django here: the pages of the platform and the fast look-up process run statements made of the same
pieces and the same code, so that they cannot answer differently.

The steps:

1. bring what was typed into one spelling;
2. find the certificates of the numbers asked for (`IDENTIFY`);
3. compare the second fact, with the same work whether the number exists or not;
4. only for those that match, read everything that is shown (`DETAILS`).

The fast process asks for many numbers at a time and reads the steps 2 and 4 in one statement (`CARDS`),
which does nearly the same work for a number that does not exist; what it read of those that do not match
is dropped. A card is one text with everything that is shown of the usual certificate: valid or suspended,
of a body that has not moved since, within its scope on one of the two days at least. Its JSON is written
straight from the card (`card_json`); a property test holds it to `LookUp.to_json`. All others are read
once more as the pages do (`DETAILS`).
"""

import datetime as dt
import functools
import hmac
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhiping.apps.certificates.errors import SecondFactMissingError
from zhiping.apps.certificates.messages import IN_SCOPE_LABELS, STANDING_LABELS, STATE_LABELS
from zhiping.core.catalogues.code_lists import certificate_level_codes
from zhiping.core.credential import CertificateDocument, check_code
from zhiping.core.identifiers.look_alike import DIGIT_FOR
from zhiping.core.identifiers.normal_text import normalise_code, normalise_text
from zhiping.kernel.sealing import Sealer

PURPOSE = "certificates.last_four"
"""What the keyed index of the last four characters is sealed for."""
INDEX_BYTES = 16
NUMBER_LENGTH = 22
LAST_FOUR = 4
LONGEST = 200
_DOTS = re.compile("[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u16eb\u0387\u25cf\u25e6\u2024\u2e31.]")
_DIGITS = str.maketrans(DIGIT_FOR)
_NOBODY = "查无此人"
"""Compared with the name given for a number that does not exist; never shown, never right."""
_NO_INDEX = b"\0" * INDEX_BYTES


@functools.cache
def _level_names() -> dict[str, str]:
    return {code.code: code.name for code in certificate_level_codes()}


def level_name(level: str) -> str:
    """Return the name of a level as it is printed (等级名称)."""
    return _level_names().get(level, level)


# Step 1 ------------------------------------------------------------------------------------------


def number_key(text: str) -> str:
    r"""Return a certificate number in its one spelling (规范编号).

    Letters typed for digits are read as digits, except at the two places where letters may stand.

    >>> number_key(" y0000 44000001 26 5 \uff10\uff10\uff10\uff10\uff10\uff11")
    'Y000044000001265000001'
    >>> number_key("YOOOO44OOOOO1265OOOOOl")
    'Y000044000001265000001'
    """
    number = _code_key(text)
    if len(number) != NUMBER_LENGTH:
        return number
    if number[1:15].isdigit() and number[16:].isdigit():
        return number
    return number[0] + number[1:15].translate(_DIGITS) + number[15] + number[16:].translate(_DIGITS)


def _code_key(text: str) -> str:
    """Return `normalise_code` of the text; plain letters and digits, the usual case, take the short way."""
    text = text[:LONGEST]
    return text.upper() if text.isascii() and text.isalnum() else normalise_code(text)


def name_key(text: str) -> str:
    """Return a name in the one spelling in which names are compared (规范姓名).

    All the dots that are typed between the parts of a name are one; spaces and capitals do not count.

    >>> name_key("阿依古丽•买买提") == name_key("阿依古丽 ・ 买买提")
    True
    """
    plain = _DOTS.sub("\u00b7", normalise_text(text[:LONGEST])).replace(" ", "").casefold()
    return unicodedata.normalize("NFKC", plain)


def last_four_text(number: str, last_four: str) -> str:
    """Return what the keyed index of the last four characters is taken over."""
    return f"{number}\0{last_four.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A look-up as it was asked, in one spelling: the number and one or two more facts."""

    number: str
    name: str = ""
    last_four: str = ""


def question(number: str, *, name: str | None = None, last_four: str | None = None) -> Question:
    """Return the look-up that was typed.

    Refuses:
        SecondFactMissingError: neither a name nor the last four characters.
    """
    asked = Question(
        number=number_key(number),
        name=name_key(name) if name else "",
        last_four=_code_key(last_four) if last_four else "",
    )
    if not asked.name and not asked.last_four:
        raise SecondFactMissingError
    return asked


# Steps 2 and 3 -----------------------------------------------------------------------------------

IDENTIFY = """
SELECT c.id, c.number, c.holder_name, c.last_four_index
FROM certificates_certificate c
WHERE c.number = ANY({numbers})
"""


def matching_id(asked: Question, row: Sequence[Any] | None, sealer: Sealer) -> int | None:
    """Return the key of a row of `IDENTIFY` if every fact that was given is right, else None."""
    key, _, holder_name, stored = (None, "", None, None) if row is None else row
    return key if is_right(asked, holder_name, stored, sealer) else None


def is_right(asked: Question, holder_name: str | None, stored: bytes | None, sealer: Sealer) -> bool:
    """Say whether every fact that was given is that of the certificate (查询条件相符).

    `holder_name` and `stored`, the index of the last four characters, are None where the number does not
    exist: that costs the same work as a fact that is wrong. Which work it is depends on the facts that
    were given, and on nothing that is kept here.
    """
    is_name_right = is_paper_right = True
    if asked.name:
        kept = name_key(_NOBODY if holder_name is None else holder_name)
        is_name_right = hmac.compare_digest(kept.encode(), asked.name.encode())
    if asked.last_four:
        index = sealer.index(last_four_text(asked.number, asked.last_four), length=INDEX_BYTES)
        is_paper_right = hmac.compare_digest(index, bytes(stored or _NO_INDEX))
        is_paper_right &= len(asked.last_four) == LAST_FOUR
    was_asked = bool(asked.name or asked.last_four)
    return was_asked and holder_name is not None and is_name_right and is_paper_right


# Step 4 ------------------------------------------------------------------------------------------

# How a body stood on an earlier day is not kept in its row: where it has moved since the issue, the
# journal tells. `past_event` is the last move up to that day, `later_before` where the first one after it
# started from. CASE keeps the server from looking where there is nothing to find.
_MOVES = """FROM journal_subject s JOIN journal_entry e ON e.id = s.entry_id
            WHERE s.thing = 'registry.evaluationbody' AND s.thing_id = b.id::text
              AND e.event IN ('registry.body_suspended', 'registry.body_resumed', 'registry.body_removed',
                              'registry.body_left'{more})"""
_DAY_ENDS = "(c.issued_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'"

_SCOPE = """LATERAL (
    SELECT coalesce(bool_or(l.valid_from <= c.issued_on
                            AND (l.valid_to IS NULL OR l.valid_to > c.issued_on)), false) AS at_issue,
           coalesce(bool_or(l.valid_from <= {{today}}
                            AND (l.valid_to IS NULL OR l.valid_to > {{today}})), false) AS today
    FROM registry_scopeline l
    WHERE l.body_id = {body} AND l.occupation_code = {occupation} AND l.level = {level}
      AND l.place IN (c.place, left(c.place, 4) || '00', left(c.place, 2) || '0000', 'CN')) scope"""

DETAILS = f"""
SELECT c.id, c.number, c.state, c.state_since, c.state_reason,
       CASE WHEN c.state = 'annulled' THEN coalesce((
            SELECT h.clause FROM certificates_change h WHERE h.certificate_id = c.id AND h.kind = 'annulled'
            ORDER BY h.id DESC LIMIT 1), '') ELSE '' END AS clause,
       c.holder_name, c.paper_kind, c.number_masked, c.occupation_code, c.occupation_name, c.work_type,
       c.level, c.body_id, c.body_name, b.credit_code, c.theory_score, c.practical_score,
       c.comprehensive_score, c.issued_on, c.query_address,
       b.state AS body_state, b.state_since AS body_since, b.filed_on,
       CASE WHEN b.state_since > c.issued_on THEN (
            SELECT e.event {_MOVES.format(more=", 'registry.filing_confirmed'")}
              AND e.at < {_DAY_ENDS}
            ORDER BY e.id DESC LIMIT 1) END AS past_event,
       CASE WHEN b.state_since > c.issued_on THEN (
            SELECT e.facts ->> 'before' {_MOVES.format(more="")}
              AND e.at >= {_DAY_ENDS}
            ORDER BY e.id LIMIT 1) END AS later_before,
       CASE WHEN scope.at_issue OR scope.today THEN true
            ELSE EXISTS (SELECT 1 FROM registry_scopeline l WHERE l.body_id = c.body_id) END AS has_scope,
       scope.at_issue AS in_scope_at_issue, scope.today AS in_scope_today
FROM certificates_certificate c
JOIN registry_evaluationbody b ON b.id = c.body_id
CROSS JOIN {_SCOPE.format(body="c.body_id", occupation="c.occupation_code", level="c.level")}
WHERE c.id = ANY({{ids}})
"""  # noqa: S608 (own constants; values are parameters)

_SEPARATOR = "\x1f"
_CARD = """concat_ws(chr(31),
    c.holder_name, c.issued_on, c.state, b.state, coalesce(b.state_since::text, ''),
    coalesce(b.filed_on::text, ''), scope.at_issue, scope.today, c.number, c.state_since, c.state_reason,
    c.paper_kind, c.number_masked, c.occupation_code, c.occupation_name, c.work_type, c.level, c.body_name,
    b.credit_code, coalesce(c.theory_score::text, ''), coalesce(c.practical_score::text, ''),
    coalesce(c.comprehensive_score::text, ''))"""
_CARD_FIELDS = 22

# Each number, whether it exists or not, with its place in the list, since rows may come in any order. A
# number that does not exist asks for the lines of a body that does not: the same look, nothing found. The
# failed tries of all numbers together stand in every row: mostly there are none.
CARDS = f"""
SELECT asked.place::int, c.id, c.last_four_index, CASE WHEN c.id IS NOT NULL THEN {_CARD} END, ({{failed}})
FROM unnest({{numbers}}::text[]) WITH ORDINALITY AS asked (number, place)
LEFT JOIN certificates_certificate c ON c.number = asked.number
LEFT JOIN registry_evaluationbody b ON b.id = c.body_id
CROSS JOIN {
    _SCOPE.format(
        body="coalesce(c.body_id, 0)",
        occupation="coalesce(c.occupation_code, '')",
        level="coalesce(c.level, '')",
    )
}
"""  # noqa: S608 (own constants; values are parameters)

_AFTER = {
    "registry.filing_confirmed": "filed",
    "registry.body_suspended": "suspended",
    "registry.body_resumed": "filed",
    "registry.body_removed": "removed",
    "registry.body_left": "left",
}
_BY_LABEL = {label: standing for standing, label in STANDING_LABELS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerStanding:
    """How the issuing body stood on a day (机构当日情况): in the register, with this in its scope."""

    day: dt.date
    standing: str
    in_scope: str

    def to_json(self) -> dict[str, str]:
        """Return codes with their labels."""
        return {
            "day": self.day.isoformat(),
            "standing": self.standing,
            "standing_label": STANDING_LABELS[self.standing],
            "in_scope": self.in_scope,
            "in_scope_label": IN_SCOPE_LABELS[self.in_scope],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """What the public sees of a certificate (查询结果): what is printed, status, the issuer's standing."""

    asked_on: dt.date
    number: str
    state: str
    since: dt.date
    reason: str
    clause: str
    holder_name: str
    paper_kind: str
    number_masked: str
    occupation_code: str
    occupation_name: str
    work_type: str
    level: str
    body_id: int
    body_name: str
    body_credit_code: str
    theory_score: Decimal | None
    practical_score: Decimal | None
    comprehensive_score: Decimal | None
    issued_on: dt.date
    query_address: str
    issuer_at_issue: IssuerStanding
    issuer_now: IssuerStanding

    @property
    def state_label(self) -> str:
        """Return the state in Chinese."""
        return STATE_LABELS[self.state]

    @property
    def level_name(self) -> str:
        """Return the level as printed."""
        return level_name(self.level)

    def check_code(self) -> str:
        """Return the code that stands in the QR code of a paper that says the same (校验码)."""
        return check_code(
            CertificateDocument(
                name=self.holder_name,
                paper_kind=self.paper_kind,
                paper_number=self.number_masked,
                occupation_name=self.occupation_name,
                occupation_code=self.occupation_code,
                work_type=self.work_type,
                level_name=self.level_name,
                certificate_number=self.number,
                body_name=self.body_name,
                body_credit_code=self.body_credit_code,
                issued_on=self.issued_on,
                theory_score=self.theory_score,
                practical_score=self.practical_score,
                comprehensive_score=self.comprehensive_score,
                query_address=self.query_address,
            )
        )

    def to_json(self) -> dict[str, object]:
        """Return the stable form for programs."""
        return {
            "number": self.number,
            "state": self.state,
            "state_label": self.state_label,
            "since": self.since.isoformat(),
            "reason": self.reason,
            "clause": self.clause,
            "holder_name": self.holder_name,
            "paper_kind": self.paper_kind,
            "paper_number_masked": self.number_masked,
            "occupation_code": self.occupation_code,
            "occupation_name": self.occupation_name,
            "work_type": self.work_type,
            "level": self.level,
            "level_name": self.level_name,
            "body_name": self.body_name,
            "body_credit_code": self.body_credit_code,
            "scores": {
                "theory": _shown(self.theory_score),
                "practical": _shown(self.practical_score),
                "comprehensive": _shown(self.comprehensive_score),
            },
            "issued_on": self.issued_on.isoformat(),
            "issuer": {"at_issue": self.issuer_at_issue.to_json(), "now": self.issuer_now.to_json()},
            "asked_on": self.asked_on.isoformat(),
        }


def _shown(score: Decimal | None) -> str | None:
    return None if score is None else f"{score:.1f}"


def from_row(row: Sequence[Any], *, today: dt.date) -> LookUp:
    """Return what is shown of a row of `DETAILS`."""
    (_, number, state, since, reason, clause, holder_name, paper_kind, number_masked, occupation_code,
     occupation_name, work_type, level, body_id, body_name, credit_code, theory, practical, comprehensive,
     issued_on, query_address, body_state, body_since, filed_on, past_event, later_before, has_scope,
     in_scope_at_issue, in_scope_today) = row  # fmt: skip
    then = _standing_at_issue(
        issued_on,
        body_state=body_state,
        body_since=body_since,
        filed_on=filed_on,
        past_event=past_event,
        later_before=later_before,
    )
    return LookUp(
        asked_on=today,
        number=number,
        state=state,
        since=since,
        reason=reason,
        clause=clause,
        holder_name=holder_name,
        paper_kind=paper_kind,
        number_masked=number_masked,
        occupation_code=occupation_code,
        occupation_name=occupation_name,
        work_type=work_type,
        level=level,
        body_id=body_id,
        body_name=body_name,
        body_credit_code=credit_code,
        theory_score=theory,
        practical_score=practical,
        comprehensive_score=comprehensive,
        issued_on=issued_on,
        query_address=query_address,
        issuer_at_issue=IssuerStanding(
            day=issued_on, standing=then, in_scope=_in_scope(has_scope=has_scope, covers=in_scope_at_issue)
        ),
        issuer_now=IssuerStanding(
            day=today, standing=body_state, in_scope=_in_scope(has_scope=has_scope, covers=in_scope_today)
        ),
    )


def card_holder(card: str | None) -> str | None:
    """Return the holder's name that stands on a card, None where there is no certificate."""
    return None if card is None else card.partition(_SEPARATOR)[0]


def card_json(card: str, *, today: str) -> str | None:
    """Return `LookUp.to_json` as JSON text, from a card of `CARDS` and the day in ISO 8601.

    None where a card does not tell all: annulled, a body that moved after the issue, nothing in scope.
    """
    quoted = json.encoder.encode_basestring(card)[1:-1].split("\\u001f")
    if len(quoted) != _CARD_FIELDS:  # somebody's name holds the separator
        return None
    (holder_name, issued_on, state, body_state, body_since, filed_on, at_issue, now, number, since, reason,
     paper_kind, number_masked, occupation_code, occupation_name, work_type, level, body_name, credit_code,
     theory, practical, comprehensive) = quoted  # fmt: skip
    if state == "annulled" or not filed_on or not "" < body_since <= issued_on or "t" not in (at_issue, now):
        return None
    then = "applicant" if issued_on < filed_on else body_state
    return (
        f'{{"number":"{number}","state":"{state}","state_label":"{STATE_LABELS[state]}","since":"{since}"'
        f',"reason":"{reason}","clause":"","holder_name":"{holder_name}","paper_kind":"{paper_kind}"'
        f',"paper_number_masked":"{number_masked}","occupation_code":"{occupation_code}"'
        f',"occupation_name":"{occupation_name}","work_type":"{work_type}","level":"{level}"'
        f',"level_name":"{level_name(level)}","body_name":"{body_name}","body_credit_code":"{credit_code}"'
        f',"scores":{{"theory":{_score(theory)},"practical":{_score(practical)}'
        f',"comprehensive":{_score(comprehensive)}}},"issued_on":"{issued_on}","issuer":{{"at_issue":'
        f'{{"day":"{issued_on}",{_standing_json(then, at_issue)}}},"now":'
        f'{{"day":"{today}",{_standing_json(body_state, now)}}}}},"asked_on":"{today}"}}'
    )


def _score(text: str) -> str:
    return f'"{text}"' if text else "null"


@functools.cache
def _standing_json(standing: str, covers: str) -> str:
    told = IssuerStanding(
        day=dt.date.min, standing=standing, in_scope=_in_scope(has_scope=True, covers=covers == "t")
    )
    without_day = {name: value for name, value in told.to_json().items() if name != "day"}
    return json.dumps(without_day, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _in_scope(*, has_scope: bool, covers: bool) -> str:
    if not has_scope:
        return "unknown"
    return "yes" if covers else "no"


def _standing_at_issue(
    day: dt.date,
    *,
    body_state: str,
    body_since: dt.date | None,
    filed_on: dt.date | None,
    past_event: str | None,
    later_before: str | None,
) -> str:
    if filed_on is None or body_since is None:
        return "applicant" if body_state == "applicant" else "unknown"
    if day < filed_on:
        return "applicant"
    if body_since <= day:
        return body_state
    if past_event is not None:
        return _AFTER[past_event]
    return _BY_LABEL.get(later_before or "", "unknown")
