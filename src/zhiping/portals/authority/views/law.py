"""What officers need of the law beside the public browser (政策依据的核对): doubts, drafts, checks, tests.

Documents, clauses, rules, numbers and what binds where are read in the public browser, by officers too.
"""

from collections import Counter
from collections.abc import Iterator

from django.http import HttpResponse
from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook.model import RuleStatus
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority.pages import crumbs, home_place, page
from zhiping.portals.console.coverage_json import coverage_of, proofs_of
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.law_values import value_shown
from zhiping.ui.shapes import NavItem

_STATUSES = {"drafted": "草拟，不参与判定", "retired": "已停用"}


def _tabs(current: str) -> list[NavItem]:
    names = (("核对", "authority:law-checks"), ("验证", "authority:law-proofs"))
    return [NavItem(label=label, url=reverse(name), current=name == current) for label, name in names]


@officer("")
def checks(request: GatedRequest) -> HttpResponse:
    """Show what is in doubt, what does not judge, who checked what; lead to the public browser (核对)."""
    book = law()
    at_home = f"?place={home_place(request.actor)}&on={request.clock.today().isoformat()}"
    return page(
        request,
        "law_checks",
        {
            "title": "政策依据",
            "crumbs": crumbs(("政策依据", "")),
            "tabs": _tabs("authority:law-checks"),
            "ways": [
                ("本地今日适用的规定", reverse("public:policy-here") + at_home, "可换地区和日期"),
                ("文件与条款", reverse("public:policy-law"), "每一条由什么落实"),
                ("规则", reverse("public:policy-rules") + at_home, "要求、边界案例"),
                ("数值与名单", reverse("public:policy-here-values") + at_home, "取值、原文用语、期间"),
                ("易混之处", reverse("public:policy-tensions"), "失效、两地不一、原则上"),
                ("条款落实", reverse("public:policy-coverage"), "落实与验证的总账"),
                ("个案意见", reverse("public:policy-opinion") + at_home, "逐条判定，可打印"),
                ("草案试算", reverse("authority:whatif-new"), "改一个数或一条规则，看谁受影响"),
            ],
            "uncertain": list(_uncertain()),
            "unheld": [one for one in book.documents.values() if not one.held],
            "idle": [
                {"rule": one, "status": _STATUSES[one.status.value]}
                for one in book.rules.values()
                if one.status is not RuleStatus.REVIEWED
            ],
            "reviewed": _counted((one.reviewed_by, one.reviewed_on) for one in book.rules.values()),
            "checked": _counted((one.checked_by, one.checked_on) for one in book.parameters.values()),
            "as_of": request.clock.now(),
        },
    )


def _counted(pairs: Iterator[tuple[str, object]]) -> list[tuple[str, object, int]]:
    """Return (who, on which day, how many), the newest first."""
    counts = Counter(pairs)
    ordered = sorted(counts, key=lambda one: (str(one[1]), one[0]), reverse=True)
    return [(who, day, counts[who, day]) for who, day in ordered]


def _uncertain() -> Iterator[dict[str, object]]:
    """Yield the values that no held text states."""
    for one in sorted(law().parameters.values(), key=lambda one: one.label):
        for value in one.values:
            if value.certainty != "stated":
                yield {"parameter": one, "found": value, "value": value_shown(law(), value)}


@officer("")
def proved(request: GatedRequest) -> HttpResponse:
    """Show, document by document, which tests and cases prove each clause, by name (验证)."""
    book = law()
    held = {one.id: one.title for one in book.documents.values() if one.clauses}
    chosen = request.GET.get("document", "")
    document = chosen if chosen in held else next(iter(held))
    tried = proofs_of(book, policy_folder())
    return page(
        request,
        "law_proofs",
        {
            "title": "政策依据",
            "subtitle": f"{held[document]}：每一条款由哪些案例、微型数据和测试验证",
            "crumbs": crumbs(("政策依据", reverse("authority:law-checks")), ("验证", "")),
            "tabs": _tabs("authority:law-proofs"),
            "documents": [(name, title, name == document) for name, title in held.items()],
            "is_unknown": bool(chosen) and chosen not in held,
            "rows": [
                {"row": row, "proofs": tried.get(row.clause.id, ()) if row.is_covered else ()}
                for row in coverage_of(book).rows
                if row.clause.document == document
            ],
            "as_of": request.clock.now(),
        },
    )
