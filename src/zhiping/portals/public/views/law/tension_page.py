"""Where the documents pull in different directions, with the engine's own answers (易混之处)."""

import functools
from collections import Counter
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import Finding, Outcome, PolicyBook, Verdict
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.tensions import Example, Tension, tensions
from zhiping.portals.public.views.law.fact_forms import query_of
from zhiping.portals.public.views.law.pages import frame, question_word


@require_safe
@public
def tension_page(request: GatedRequest) -> HttpResponse:
    """Show where a reader may go wrong, and what the engine answers there (易混之处)."""
    context = {**frame(request, "tensions"), "tensions": _shown(law()), "as_of": request.clock.now()}
    return render(request, "public/law_tensions.html", context)


@functools.lru_cache(maxsize=2)
def _shown(book: PolicyBook) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "tension": one,
            "clauses": list(_clauses(book, one)),
            "answers": [_answered(book, each) for each in one.examples],
        }
        for one in tensions()
    )


def _clauses(book: PolicyBook, tension: Tension) -> list[tuple[str, str]]:
    """Return (clause to open, how it is called); a document stands for its first clause."""
    return [
        (one, one) if one in book.clauses else (book.documents[one].clauses[0].id, f"{one} 全部条款")
        for one in tension.clauses
    ]


def _answered(book: PolicyBook, example: Example) -> dict[str, object]:
    """Return what the engine says: the findings that decide, or when the rules lapsed."""
    facts = book.read_facts(example.facts)
    verdict = book.judge(example.question, facts, place=example.place, on=example.on)
    where = {"question": example.question, "place": example.place.code, "on": example.on.isoformat()}
    query = f"{urlencode(where)}&{query_of(book, facts)}&go=1"
    return {
        "says": example.says,
        "label": question_word(example.question),
        "place": example.place.code,
        "on": example.on,
        "outcome": verdict.outcome.value,
        "rules": [
            {"id": one.rule, "title": one.title, "outcome": one.outcome.value,
             "is_waivable": one.may_be_waived and one.outcome is Outcome.REFUSE}
            for one in _decided(verdict)
        ],
        "lapsed": sorted(_lapsed(verdict).items()),
        "url": f"{reverse('public:policy-opinion')}?{query}",
    }  # fmt: skip


def _decided(verdict: Verdict) -> list[Finding]:
    """Return the findings that the facts of the example decide; what it leaves open is not its point."""
    open_ones = {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}
    decided = [one for one in verdict.findings if one.outcome not in open_ones]
    return decided or [one for one in verdict.findings if one.outcome is Outcome.NOT_APPLICABLE]


def _lapsed(verdict: Verdict) -> Counter[date]:
    return Counter(one.end for one in verdict.earlier if one.end is not None)
