"""Which clause is carried out by what, and what proves it (条款落实)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.portals.console.coverage_json import coverage_json
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.tensions import tensions_of_clause
from zhiping.portals.public.views.law.pages import frame, own_coverage, own_proofs
from zhiping.portals.public.views.law.proof import STATES, ClauseLine, clause_lines
from zhiping.portals.public.views.law.refused import status_of
from zhiping.portals.public.words import CLAUSE_KINDS
from zhiping.ui.shapes import EmptyState, Figure

PER_PAGE = 30
"""Clauses on a page: what a telephone loads without waiting."""


_CHOICE = {"invalid_choice": "没有这一项，请在列表中选择。"}
_LONG = {"max_length": "最多 40 个字，请精简。"}


class CoverageForm(forms.Form):
    """Which clauses to list (条款筛选)."""

    document = forms.ChoiceField()
    kind = forms.ChoiceField(
        label="性质",
        required=False,
        choices=[("", "全部性质"), *CLAUSE_KINDS.items()],
        error_messages=_CHOICE,
    )
    state = forms.ChoiceField(
        label="落实情况", required=False, choices=[("", "全部"), *STATES.items()], error_messages=_CHOICE
    )
    text = forms.CharField(label="条款或要求中的字", required=False, max_length=40, error_messages=_LONG)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the documents that have clauses."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        held = [(one.id, f"{one.id} {one.title}") for one in law().documents.values() if one.clauses]
        self.fields["document"] = forms.ChoiceField(
            label="文件", required=False, choices=[("", "全部文件"), *held], error_messages=_CHOICE
        )

    def keeps(self, line: ClauseLine) -> bool:
        """Tell whether a clause is asked for."""
        asked, clause = self.cleaned_data, line.row.clause
        text = asked["text"].strip()
        return (
            asked["document"] in {"", clause.document}
            and (not asked["kind"] or asked["kind"] in clause.kinds)
            and asked["state"] in {"", line.state}
            and (not text or text in f"{clause.id}{clause.where}{clause.summary}")
        )


@require_safe
@public
def coverage(request: GatedRequest) -> HttpResponse:
    """Show which clause is enforced by what and proved by what: in sum, or clause by clause (条款落实)."""
    table, lines = own_coverage(), clause_lines()
    if request.GET.get("export") == "json":
        response = JsonResponse(
            coverage_json(table, own_proofs()), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        response["Content-Disposition"] = 'attachment; filename="coverage.json"'
        return response
    form = CoverageForm(request.GET)
    is_valid, is_whole = form.is_valid(), request.GET.get("whole") == "1"
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    is_listing = is_valid and bool(asked or is_whole)
    fitting = [one for one in lines if form.keeps(one)] if is_listing else []
    shown = Paginator(fitting, max(len(fitting), 1) if is_whole else PER_PAGE)
    page = shown.get_page(request.GET.get("page"))
    context = {
        **frame(request, "coverage"),
        "form": form,
        "page": page if is_listing else None,
        "groups": _grouped(page.object_list),
        "documents": [] if is_listing else _documents(lines),
        "states": list(STATES.values()),
        "figures": _figures(lines),
        "waiting": [] if is_listing else [one for one in lines if one.state == "open"],
        "is_whole": is_whole,
        "whole_url": f"?{urlencode({**asked, 'whole': '1'})}",
        "json_url": "?export=json",
        "as_of": request.clock.now(),
        "empty": EmptyState(title="没有符合条件的条款", text="请放宽筛选条件。"),
    }
    return render(request, "public/law_coverage.html", context, status=status_of(request, form))


def _grouped(lines: Iterable[ClauseLine]) -> list[dict[str, object]]:
    titles = {one.id: one.title for one in law().documents.values()}
    grouped: dict[str, list[ClauseLine]] = {}
    for one in lines:
        grouped.setdefault(one.row.clause.document, []).append(one)
    return [
        {"id": name, "title": titles[name], "tensions": tensions_of_clause(name), "rows": rows}
        for name, rows in grouped.items()
    ]


def _documents(lines: Iterable[ClauseLine]) -> list[dict[str, object]]:
    """Return the documents, each with how many of its clauses are how far."""
    counts: dict[str, Counter[str]] = {}
    for one in lines:
        counts.setdefault(one.row.clause.document, Counter())[one.state] += 1
    return [
        {
            "id": name,
            "title": law().documents[name].title,
            "count": counted.total(),
            "states": [(word, counted[state]) for state, word in STATES.items()],
        }
        for name, counted in counts.items()
    ]


def _figures(lines: Sequence[ClauseLine]) -> list[Figure]:
    states = Counter(one.state for one in lines)
    binding = len(lines) - states["principle"]
    tried = sum(bool(one.proofs) for one in lines if one.binds)
    here = reverse("public:policy-coverage")
    return [
        Figure(
            label="有约束力的条款", value=binding, unit="条", hint=f"另有原则性条款 {states['principle']} 条"
        ),
        Figure(label="已落实", value=states["done"], unit="条", url=f"{here}?state=done"),
        Figure(
            label="判定已落实，办理待建",
            value=states["part"],
            unit="条",
            url=f"{here}?state=part",
            hint="规则已能判定；所要求的办理、公开或数据交换还没有程序承担",
        ),
        Figure(label="待落实", value=states["open"], unit="条", url=f"{here}?state=open"),
        Figure(label="有案例或测试验证", value=tried, unit="条", hint="指已落实的条款"),
    ]
