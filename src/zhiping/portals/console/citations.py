"""Clause ids (条款编号) in texts: docstrings of actions, tests."""

import re

_HEADING = re.compile(r"^[A-Z]\w+:$", re.MULTILINE)
_CLAUSE = re.compile(r"\b[A-Z]{2,}\d*(?:-[0-9A-Z][0-9A-Za-z]*(?:\.\d+[a-z]?)*)+")
_RULE = re.compile(r"[A-Z]{3}-\d{3}")


def section(docstring: str, heading: str) -> str:
    """Return the text under a heading of a cleaned docstring; nothing when it has none."""
    for match in _HEADING.finditer(docstring):
        if match.group() == f"{heading}:":
            following = _HEADING.search(docstring, match.end())
            return docstring[match.end() : following.start() if following else None]
    return ""


def clauses_in(text: str) -> tuple[str, ...]:
    """Return the clause ids in a text, once each; ids of rules and screens are none.

    >>> clauses_in("LN24-3.5c, FS20-5.3 (see REG-038); again LN24-3.5c.")
    ('LN24-3.5c', 'FS20-5.3')
    """
    found = _CLAUSE.findall(text)
    return tuple(dict.fromkeys(one for one in found if not _RULE.fullmatch(one)))


def names_anything(text: str) -> bool:
    """Tell whether a text has an id of a clause, a rule or a screen."""
    return _CLAUSE.search(text) is not None
