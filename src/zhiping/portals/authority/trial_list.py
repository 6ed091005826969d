"""The records whose outcome a draft changes: chosen, listed page by page, exported whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import polars as pl
from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse

from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.registry import office_queries as registry
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.whatif import Differences
from zhiping.portals.authority.listing import Filters, xlsx
from zhiping.portals.authority.pages import ALL, prefix_of
from zhiping.portals.authority.trial_runs import TrialRun
from zhiping.portals.gate import GatedRequest
from zhiping.portals.trials import EFFECTS, HEADERS, KINDS, lines_of
from zhiping.ui.shapes import Column, EmptyState, Table

PAGE_SIZE = 30
EXPORT_LIMIT = 500_000
_RULES_SHOWN = 3
"""How many rules stand in one line of the list; the export has them all."""


class DifferenceFilters(Filters):
    """Which of the differences to show."""

    text = forms.CharField(label="编号")
    kind = forms.ChoiceField(label="类别", choices=[ALL, *KINDS.items()])
    effect = forms.ChoiceField(label="变化", choices=[ALL, *EFFECTS.items()])
    rule = forms.ChoiceField(label="起作用的规则")
    place = forms.ChoiceField(label="地区")

    def narrow(self, found: Differences) -> pl.DataFrame:
        """Return the records that fit what was chosen."""
        rows = found.records
        for name in ("kind", "effect"):
            if value := self.value(name):
                rows = rows.filter(pl.col(name) == value)
        if text := self.value("text"):
            rows = rows.filter(pl.col("record").str.contains(text.upper(), literal=True))
        if place := self.value("place"):
            rows = rows.filter(pl.col("place").str.starts_with(prefix_of(place)))
        if rule := self.value("rule"):
            ours = found.reasons.filter(pl.col("rule") == rule)
            rows = rows.join(ours, on=("kind", "record"), how="semi")
        return rows


class _Lines:
    """The rows of a frame as a paginator wants them."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows.height

    def __getitem__(self, part: slice) -> list[dict[str, Any]]:
        return self.rows[part].to_dicts()


_SORTS = ("record", "place", "effect", "kind")


def table(
    request: GatedRequest, run: TrialRun, found: Differences, rows: pl.DataFrame, filters: DifferenceFilters
) -> Table:
    """Return one page of the chosen records, with the rules that make the difference."""
    asked = request.GET.get("sort", "")
    sort = asked if asked.removeprefix("-") in _SORTS else "place"
    ordered = rows.sort(
        sort.removeprefix("-"), "kind", "record", descending=[sort.startswith("-"), False, False]
    )
    paginator = Paginator(cast("Any", _Lines(ordered)), PAGE_SIZE)
    shown = paginator.get_page(request.GET.get("page"))
    lines = _lines(request, found, list(shown.object_list))
    query = request.GET.copy()
    query["export"] = "xlsx"
    return Table(
        name="differences",
        caption="结论有变化的记录",
        columns=(
            Column(key="record", label="编号", kind="code", sortable=True),
            Column(key="kind_name", label="类别"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="effect_name", label="变化"),
            Column(key="outcomes", label="现行 → 草案"),
            Column(key="why", label="起作用的规则"),
        ),
        rows=lines,
        row_url=lambda row: str(row["url"]),
        sort=sort,
        page=shown,
        total=paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=run.moment,
        empty=EmptyState(
            title="没有符合条件的记录", text="可以放宽筛选条件；没有任何记录的，草案不改变在册记录的结论。"
        ),
    )


def _lines(request: GatedRequest, found: Differences, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [row["record"] for row in rows]
    reasons = found.reasons.filter(pl.col("record").is_in(numbers))
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in reasons.iter_rows(named=True):
        told.setdefault((one["kind"], one["record"]), []).append(one)
    urls = _urls(request, rows)
    return [
        {
            **row,
            "kind_name": KINDS[row["kind"]],
            "effect_name": EFFECTS[row["effect"]],
            "outcomes": f"{OUTCOMES[row['before']]} → {OUTCOMES[row['now']]}",
            "why": _why(told.get((row["kind"], row["record"]), ())),
            "url": urls.get((row["kind"], row["record"]), ""),
        }
        for row in rows
    ]


def _why(reasons: Sequence[Mapping[str, Any]]) -> str:
    told = [_reason(one) for one in reasons[:_RULES_SHOWN]]
    more = len(reasons) - len(told)
    return "；".join(told) + (f"；另有 {more} 条" if more > 0 else "")


def _reason(one: Mapping[str, Any]) -> str:
    name = f"{one['rule']} {one['title']}"
    seen = f"{one['tested']} {one['observed']}" if one["tested"] else one["observed"]
    was, wants = one["required_before"], one["required_now"]
    if not one["before"]:
        told = f"新规则，要求{wants}" if wants else "新规则"
    elif not one["now"]:
        told = f"不再要求{was}" if was else "不再施行"
    else:
        told = f"现行{was}，草案{wants}" if was != wants else f"要求{wants}"
    return f"{name}：{seen}（{told}）"


def _urls(request: GatedRequest, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Return where each record is shown, as far as the officer reaches it."""
    numbers: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for row in rows:
        numbers[row["kind"]].append(row["record"])
    actor = request.actor
    filings = registry.filings_within(actor).filter(number__in=numbers["filing"]).values_list("number", "pk")
    plans = exams.plans_within(actor).filter(number__in=numbers["plan"]).values_list("number", "pk")
    certificates = certificates_within(actor).filter(number__in=numbers["certificate"])
    return {
        **{("filing", number): reverse("authority:filings-show", args=[pk]) for number, pk in filings},
        **{("plan", number): reverse("authority:plans-show", args=[pk]) for number, pk in plans},
        **{
            ("certificate", number): reverse("authority:certificates-show", args=[number])
            for number in certificates.values_list("number", flat=True)
        },
    }


class TooManyLinesError(Exception):
    """The differences are more than one sheet takes."""

    def __init__(self, lines: int) -> None:
        super().__init__(lines)
        self.lines = lines


def workbook(request: GatedRequest, found: Differences, rows: pl.DataFrame) -> HttpResponse:
    """Return the chosen records as a workbook, one line for each rule that makes a difference.

    Refuses:
        TooManyLinesError: more than `EXPORT_LIMIT`; part of them would pass for all.
    """
    keys = rows.select("kind", "record")
    chosen = Differences(
        on=found.on,
        judged=found.judged,
        records=rows.sort("place", "kind", "record"),
        reasons=found.reasons.join(keys, on=("kind", "record"), how="semi"),
    )
    if (count := max(chosen.reasons.height, chosen.records.height)) > EXPORT_LIMIT:
        raise TooManyLinesError(count)
    return xlsx(HEADERS, list(lines_of(chosen)), title="草案试算", request=request)
