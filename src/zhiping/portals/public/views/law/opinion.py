"""An opinion on one case (个案意见): facts in, verdict with citations out, printable; nothing is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import Citation, Finding, NoValueKnownError, Outcome, Rule, RulePeriod, Verdict
from zhiping.core.policybook.loading import hash_of
from zhiping.core.policybook.messages import OPERATORS, OUTCOMES
from zhiping.core.policybook.model import FactDeclaration
from zhiping.core.policybook.penalty import is_about_penalties, judge_penalty
from zhiping.core.policybook.trace import Observation, observations
from zhiping.core.policybook.verdict import shown_value
from zhiping.core.policybook.wording import Operator
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.law_values import shown
from zhiping.portals.public.conditions import given_facts
from zhiping.portals.public.tensions import tensions_of_question, twin_of
from zhiping.portals.public.views.law.asked import Asked, PlaceDayForm
from zhiping.portals.public.views.law.fact_forms import ENTRY_CONDITION, FactForm, query_of
from zhiping.portals.public.views.law.pages import (
    frame,
    in_word_order,
    question_word,
    questions_in_order,
)
from zhiping.portals.public.views.law.refused import status_of
from zhiping.portals.public.views.law.standing import Standing, standing
from zhiping.portals.public.views.law.two_days import ConductForm, TwoDays, not_weighed, two_days
from zhiping.portals.public.words import DECISION_DAYS

LONGEST_ADDRESS = 1800
"""What every browser, mail program and scanner of codes takes as an address."""

_UNPROCESSABLE = 422

_FIRST = (
    Outcome.REFUSE,
    Outcome.UNKNOWN,
    Outcome.WARN,
    Outcome.NOTE,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
_OWN = {"question", "place", "on", "conduct_on", "go", "add", "csrfmiddlewaretoken", "rule"}


class QuestionForm(PlaceDayForm):
    """What is asked, where, as of which day (事项、地区、日期)."""

    def __init__(self, data: QueryDict | None, **kwargs: Any) -> None:
        """Offer every question of the policy book."""
        super().__init__(data, **kwargs)
        choices = [("", "请选择事项"), *((one, question_word(one)) for one in questions_in_order())]
        self.fields = {
            "question": forms.ChoiceField(
                label="事项",
                choices=choices,
                error_messages={
                    "required": "请先选择要问的事项。",
                    "invalid_choice": "政策库里没有这个事项，请在列表中选择。",
                },
            ),
            **self.fields,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """One test of a rule: what was given, what is wanted, how far apart."""

    label: str
    observed: str
    required: str
    wording: str
    near: str
    is_uncertain: bool
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSays:
    """What one rule says of the case."""

    rule: str
    title: str
    outcome: str
    message: str
    tests: Sequence[TestLine]
    citations: Sequence[Citation]
    version: str
    is_waivable: bool


@require_http_methods(["GET", "HEAD", "POST"])
@public
def opinion(request: GatedRequest) -> HttpResponse:
    """Choose a question, fill in the facts that its rules read, see or print what follows (个案意见)."""
    data = request.POST if request.method == "POST" else request.GET
    chooser = QuestionForm(data if "question" in data else None, today=request.clock.today())
    if not chooser.is_bound or not chooser.is_valid():
        return _chooser_page(request, chooser, data)
    asked, question = chooser.asked, chooser.cleaned_data["question"]
    rules = law().rules_in_force(question, place=asked.place, on=asked.on)
    if not rules:
        return _answer_page(
            request, chooser, asked, law().judge(question, {}, place=asked.place, on=asked.on)
        )
    return _with_facts(request, chooser, asked, data, rules)


def _with_facts(
    request: GatedRequest, chooser: QuestionForm, asked: Asked, data: QueryDict, rules: Sequence[Rule]
) -> HttpResponse:
    """Show the form of facts, or what follows from them."""
    grows = data.get("add", "")
    has_facts = bool(data.keys() - _OWN)
    form = FactForm(
        data if has_facts or "go" in data else None,
        declarations=_facts_read(rules, first=data.get("rule", "")),
        clauses=_clauses_of(rules),
        one_more=grows,
    )
    question = chooser.cleaned_data["question"]
    conduct = ConductForm(data, decision_on=asked.on) if is_about_penalties(law(), question) else None
    if grows or "go" not in data or not _are_valid(form, conduct):
        return _form_page(request, chooser, asked, form, rules, conduct, is_growing=bool(grows))
    facts = query_of(law(), form.facts)
    if conduct is not None and conduct.day != asked.on:
        facts = "&".join(filter(None, (urlencode({"conduct_on": conduct.day.isoformat()}), facts)))
    address = _address(question, asked, facts)
    if request.method == "POST" and len(address) <= LONGEST_ADDRESS:
        return redirect(f"{address}&go=1")
    verdict = law().judge(question, form.facts, place=asked.place, on=asked.on)
    days = None
    if conduct is not None:
        verdict, days = _on_both_days(verdict, form.facts, conduct.day)
    return _answer_page(request, chooser, asked, verdict, address=address, form=form, days=days)


def _are_valid(*given: forms.Form | None) -> bool:
    """Tell whether all forms are; each is asked, so that all that is wrong is shown at once."""
    judged = [one is None or not one.is_bound or one.is_valid() for one in given]
    return all(judged)


def _on_both_days(verdict: Verdict, facts: Mapping[str, object], conduct_on: date) -> tuple[Verdict, TwoDays]:
    """Return the verdict that applies to a penalty, and what is shown of both days."""
    try:
        judged = judge_penalty(
            law(),
            verdict.question,
            facts,
            place=verdict.place,
            conduct_on=conduct_on,
            decision_on=verdict.on,
        )
    except NoValueKnownError as unknown:
        return verdict, not_weighed(unknown)
    return judged.verdict or verdict, two_days(judged)


def _address(question: str, asked: Asked, facts: str) -> str:
    query = urlencode({"question": question, "place": asked.place.code, "on": asked.on.isoformat()})
    return f"{reverse('public:policy-opinion')}?{query}" + (f"&{facts}" if facts else "")


def _facts_read(rules: Sequence[Rule], *, first: str) -> list[FactDeclaration]:
    """Return the facts that the rules read, in the vocabulary's order; those of one rule stand first."""
    book = law()
    read = {name for rule in rules for name in book.reads_of(rule)}
    ahead = {name for rule in rules if rule.id == first for name in book.reads_of(rule)}
    ordered = [one for name, one in book.facts.items() if name in read]
    return sorted(ordered, key=lambda one: one.name not in ahead)


def _clauses_of(rules: Sequence[Rule]) -> dict[str, str]:
    """Return fact → the clause (or the first of several) for whose sake it is asked."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for name in law().reads_of(rule):
            found.setdefault(name, []).extend(rule.clauses[:1])
    return {name: those[0] + (" 等" if len(set(those)) > 1 else "") for name, those in found.items() if those}


# pages -------------------------------------------------------------------------------------------


def _chooser_page(request: GatedRequest, chooser: QuestionForm, data: QueryDict) -> HttpResponse:
    where = PlaceDayForm(data or None, today=request.clock.today())
    asked = where.asked
    if not chooser.is_bound:
        chooser.initial = {"place": asked.place.code, "on": asked.on}
    wrong = where if where.errors else chooser
    context = {
        **frame(request, "opinion", asked=asked),
        "chooser": chooser,
        "wrong": wrong,
        "place": asked.place.code,
        "on": asked.on,
    }
    if not where.errors:
        found = standing(law(), place=asked.place, on=asked.on)
        context["questions"] = list(_questions(found, asked))
        context["count"] = len(found.known)
    return render(request, "public/opinion_choose.html", context, status=status_of(request, wrong))


def _questions(found: Standing, asked: Asked) -> Iterator[dict[str, object]]:
    for one in in_word_order(found.known):
        yield {
            "label": question_word(one.question),
            "count": len(one.rules),
            "url": _address(one.question, asked, ""),
        }


def _form_page(
    request: GatedRequest,
    chooser: QuestionForm,
    asked: Asked,
    form: FactForm,
    rules: Sequence[Rule],
    conduct: ConductForm | None,
    *,
    is_growing: bool,
) -> HttpResponse:
    question = chooser.cleaned_data["question"]
    context = {
        **frame(request, "opinion", asked=asked),
        "chooser": chooser,
        "form": form,
        "conduct": conduct,
        "show_errors": form.is_bound and not is_growing,
        "question": question,
        "question_label": question_word(question),
        "place": asked.place.code,
        "on": asked.on,
        "day_label": "决定日" if conduct else DECISION_DAYS[rules[0].decides_on],
        "rule_count": len(rules),
    }
    is_wrong = bool(form.errors or (conduct is not None and conduct.errors))
    status = _UNPROCESSABLE if context["show_errors"] and is_wrong else 200
    response = render(request, "public/opinion_form.html", context, status=status)
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    return response


def _answer_page(
    request: GatedRequest,
    chooser: QuestionForm,
    asked: Asked,
    verdict: Verdict,
    *,
    address: str = "",
    form: FactForm | None = None,
    days: TwoDays | None = None,
) -> HttpResponse:
    findings = sorted(verdict.findings, key=lambda one: (_FIRST.index(one.outcome), one.rule))
    chosen = _chosen_clause(form.facts if form else {})
    says = [_says(one, _cited(one, chosen)) for one in findings]
    address = address or _address(verdict.question, asked, "")
    is_short = len(address) <= LONGEST_ADDRESS
    context = {
        **frame(request, "opinion", asked=asked),
        "chooser": chooser,
        "question_label": question_word(verdict.question),
        "place": asked.place.code,
        "on": asked.on,
        "day_label": "决定日" if days else DECISION_DAYS[verdict.decides_on],
        "outcome": verdict.outcome.value,
        "outcome_word": OUTCOMES[verdict.outcome.value],
        "days": days,
        "counts": _counts(findings),
        "missing": _missing(findings),
        "says": [one for one in says if one.outcome != Outcome.NOT_APPLICABLE],
        "not_applicable": [one for one in says if one.outcome == Outcome.NOT_APPLICABLE],
        "given": given_facts(law(), form.facts) if form else [],
        "citations": _citations(cite for one in says for cite in one.citations),
        "versions": hash_of([[one.rule, one.version] for one in verdict.findings]) if findings else "",
        "rule_count": len(verdict.findings),
        "tensions": tensions_of_question(verdict.question),
        "twin": _twin(verdict.question, asked),
        "earlier": _by_day((one.end, one) for one in verdict.earlier),
        "later": _by_day((one.start, one) for one in verdict.later),
        "share_url": request.build_absolute_uri(f"{address}&go=1") if is_short else "",
        "edit_url": address if is_short and findings else "",
        "as_of": request.clock.now(),
    }
    response = render(request, "public/opinion_answer.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _twin(question: str, asked: Asked) -> dict[str, object] | None:
    """Return the same question of the other level, nation or province, and whether it has rules there."""
    twin = twin_of(question)
    if not twin:
        return None
    rules = law().rules_in_force(twin, place=asked.place, on=asked.on)
    return {"label": question_word(twin), "url": _address(twin, asked, ""), "count": len(rules)}


def _counts(findings: Sequence[Finding]) -> str:
    counted: dict[str, int] = {}
    for one in findings:
        counted[OUTCOMES[one.outcome.value]] = counted.get(OUTCOMES[one.outcome.value], 0) + 1
    return "，".join(f"{word} {count} 条" for word, count in counted.items())


def _missing(findings: Sequence[Finding]) -> list[tuple[str, list[str]]]:
    """Return the facts whose absence left rules open, each with those rules."""
    found: dict[str, dict[str, None]] = {}
    for finding in findings:
        if finding.outcome is Outcome.UNKNOWN:
            for one in observations(finding.trace):
                if one.met is None:
                    found.setdefault(one.test.label, {})[finding.rule] = None
    return [(label, list(rules)) for label, rules in found.items()]


def _chosen_clause(facts: Mapping[str, object]) -> str:
    """Return the clause of the condition of entry that the case rests on; nothing where it chose none."""
    rows = law().catalogue("entry_conditions").rows
    return next((row["clause"] for row in rows if row["condition"] == facts.get(ENTRY_CONDITION)), "")


def _cited(finding: Finding, chosen: str) -> Sequence[Citation]:
    """Return the clauses of a finding: of all the conditions of entry only the one that was chosen."""
    return [one for one in finding.citations if one.clause == chosen] or finding.citations


def _citations(cited: Iterable[Citation]) -> list[Citation]:
    """Return every clause once, by document and clause; with its wording where a finding knows it."""
    found: dict[str, Citation] = {}
    for one in cited:
        if one.clause not in found or one.wording:
            found[one.clause] = one
    return [found[name] for name in sorted(found)]


def _by_day(pairs: Iterable[tuple[date | None, RulePeriod]]) -> list[dict[str, object]]:
    """Return the days with their rules, and the documents that those rules rest on."""
    days: dict[date, list[RulePeriod]] = {}
    for day, one in pairs:
        if day is not None:
            days.setdefault(day, []).append(one)
    return [{"day": day, "rules": days[day], "documents": _documents(days[day])} for day in sorted(days)]


def _documents(rules: Iterable[RulePeriod]) -> list[str]:
    """Return the titles of the documents of some rules, with their numbers, once each."""
    book = law()
    clauses = (book.clauses[clause] for one in rules for clause in book.rules[one.rule].clauses)
    documents = dict.fromkeys(clause.document for clause in clauses)
    return [
        f"《{book.documents[one].title}》{f'（{number}）' if (number := book.documents[one].number) else ''}"
        for one in documents
    ]


def _says(finding: Finding, citations: Sequence[Citation]) -> RuleSays:
    tests = finding.nearest_misses or tuple(observations(finding.trace))
    return RuleSays(
        rule=finding.rule,
        title=finding.title,
        outcome=finding.outcome.value,
        message=finding.message,
        tests=[_test_line(one) for one in _without_doubles(tests)],
        citations=citations,
        version=finding.version,
        is_waivable=finding.may_be_waived and finding.outcome in {Outcome.REFUSE, Outcome.WARN},
    )


def _without_doubles(tests: Sequence[Observation]) -> Iterator[Observation]:
    """Yield each test once: many rows may pass the same test with the same values."""
    seen: set[tuple[str, str, str]] = set()
    for one in tests:
        key = (one.test.label, repr(one.observed), repr(one.required))
        if key not in seen:
            seen.add(key)
            yield one


_TONES: Mapping[bool | None, str] = {True: "ok", False: "bad", None: "warn"}


def _test_line(one: Observation) -> TestLine:
    operator = OPERATORS.get(one.test.operator.value, "")
    is_flag = isinstance(one.required, bool) or one.test.operator in {Operator.YES, Operator.NO}
    required = operator if is_flag else f"{operator} {_shown(one, one.required)}"
    return TestLine(
        label=one.test.label,
        observed=_shown(one, one.observed),
        required=required,
        wording=one.test.wording,
        near=_near(one),
        is_uncertain=one.test.certainty == "uncertain",
        tone=_TONES[one.met],
    )


def _shown(one: Observation, value: object) -> str:
    declaration = _declaration(one)
    if isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(part, str) for part in value)):
        return shown_value(value, declaration) or "（没有）"
    return shown(value, one.test.unit)


def _declaration(one: Observation) -> FactDeclaration | None:
    """Return the declaration behind a test: of the fact, or of the row's field that has the same label."""
    declared = law().facts.values()
    every = [*declared, *(field for fact in declared for field in fact.fields)]
    named = [fact for fact in every if fact.name == one.test.fact]
    return next((fact for fact in named if fact.label == one.test.label), named[0] if named else None)


def _near(one: Observation) -> str:
    """Return how far a test is from holding, in words."""
    short = one.short_by
    if short is None:
        return ""
    if isinstance(short, tuple):
        word = "不应有" if one.test.operator is Operator.INCLUDES_NONE else "缺"
        return f"{word}：{_shown(one, short)}"
    unit = "day" if one.test.type == "day" else one.test.unit
    return f"差 {shown(short, unit)}"
