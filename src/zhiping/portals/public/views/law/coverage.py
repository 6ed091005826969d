"""Which clause is carried out by what, and what proves it (条款落实)."""

from collections import Counter
from collections.abc import Mapping

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.core.policybook.coverage import CoverageRow
from zhiping.core.policybook.coverage import coverage as clause_coverage
from zhiping.portals.console.coverage_json import coverage_json
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.views.law.pages import frame, own_enforcers, own_proofs
from zhiping.portals.public.views.law.proof import STATES, coverage_line, state_of
from zhiping.portals.public.words import CLAUSE_KINDS
from zhiping.ui.shapes import EmptyState, Figure


class CoverageForm(forms.Form):
    """Which clauses to list (条款筛选)."""

    document = forms.ChoiceField(label="文件", required=False)
    kind = forms.ChoiceField(label="性质", required=False, choices=[("", "全部性质"), *CLAUSE_KINDS.items()])
    state = forms.ChoiceField(label="落实情况", required=False, choices=[("", "全部"), *STATES.items()])
    text = forms.CharField(label="条款或要求中的字", required=False, max_length=40)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the documents that have clauses."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        held = [(one.id, f"{one.id} {one.title}") for one in law().documents.values() if one.clauses]
        self.fields["document"] = forms.ChoiceField(
            label="文件", required=False, choices=[("", "全部文件"), *held]
        )

    def keeps(self, row: CoverageRow) -> bool:
        """Tell whether a clause is asked for; what was not understood asks for everything."""
        asked = self.cleaned_data if self.is_valid() else {}
        clause = row.clause
        text = asked.get("text", "").strip()
        return (
            asked.get("document", "") in {"", clause.document}
            and (not asked.get("kind") or asked["kind"] in clause.kinds)
            and asked.get("state", "") in {"", state_of(row)}
            and (not text or text in f"{clause.id}{clause.where}{clause.summary}")
        )


@require_safe
@public
def coverage(request: GatedRequest) -> HttpResponse:
    """Show which clause is enforced by what and proved by what, clause by clause (条款落实)."""
    table, proved = clause_coverage(law(), own_enforcers()), own_proofs()
    if request.GET.get("export") == "json":
        response = JsonResponse(
            coverage_json(table, proved), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        response["Content-Disposition"] = 'attachment; filename="coverage.json"'
        return response
    form = CoverageForm(request.GET)
    titles = {one.id: one.title for one in law().documents.values()}
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in table.rows:
        if form.keeps(row):
            grouped.setdefault(row.clause.document, []).append(coverage_line(row, proved))
    context = {
        **frame(request, "coverage"),
        "form": form,
        "groups": [{"id": name, "title": titles[name], "rows": rows} for name, rows in grouped.items()],
        "listed": sum(len(rows) for rows in grouped.values()),
        "figures": _figures(table.rows, proved),
        "waiting": [coverage_line(row, proved) for row in table.open],
        "json_url": "?export=json",
        "as_of": request.clock.now(),
        "empty": EmptyState(title="没有符合条件的条款", text="请放宽筛选条件。"),
    }
    return render(request, "public/law_coverage.html", context)


def _figures(rows: tuple[CoverageRow, ...], proved: Mapping[str, tuple[str, ...]]) -> list[Figure]:
    states = Counter(state_of(row) for row in rows)
    binding = len(rows) - states["principle"]
    tried = sum(row.clause.id in proved for row in rows if row.is_covered and row.clause.binds)
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
