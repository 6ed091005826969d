"""Whether a place may have a qualification of its own (地方自行设置): the law's answer, in words."""

import datetime as dt
from dataclasses import dataclass

from zhiping.apps.reference.queries import judge
from zhiping.core.catalogues.qualifications import Directory, Standing
from zhiping.core.policybook.model import Outcome
from zhiping.kernel.place import NATION, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why an item may not stand in a place's list: the sentence and its clauses."""

    sentence: str
    clauses: tuple[str, ...]


def objection_to(name: str, *, place: str, on: dt.date, national: Directory | None) -> Objection | None:
    """Return why a place may not list a qualification on the day, or None (新设地方职业资格).

    Asked only of names that the nation's directory does not list that day; where nobody knows whether it
    does, nothing is held against the name.

    Args:
        name: of the qualification, the sub-item's where there is one.
        place: whose list it is.
        on: the first day of the list.
        national: the nation's directory of that day.

    Authority:
        JL17-1d, JL17-2a, GD18-2a.
    """
    if place == NATION or national is None or national.ask(name, on=on).standing is not Standing.OFF:
        return None
    facts = {
        "item_set_by": "province" if Place(place).level == "province" else "local",
        "on_directory_on_day": False,
        "approved_by_nation": False,
    }
    verdict = judge("local_item", facts, place=place, on=on)
    refused = [finding for finding in verdict.findings if finding.outcome is Outcome.REFUSE]
    if not refused:
        return None
    clauses = dict.fromkeys(citation.clause for finding in refused for citation in finding.citations)
    sentence = "".join(finding.message for finding in refused)
    return Objection(sentence=f"不在{national.edition.title}内。{sentence}", clauses=tuple(clauses))
