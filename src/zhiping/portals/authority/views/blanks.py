"""Blank certificates: what is held where, requests on their way, the ledger, write-offs (空白证书)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.certificates import actions
from zhiping.apps.certificates import blank_queries as blanks
from zhiping.apps.certificates.queries import certificate_for
from zhiping.apps.certificates.states import (
    BLANK_REQUEST_MOVES,
    BLANK_WRITE_OFF_MOVES,
    BlankKind,
    BlankRequestState,
    CertificateState,
    MovementKind,
    Shelf,
    WriteOffState,
)
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry import office_queries as registry
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, due, wants_export, xlsx
from zhiping.portals.authority.pages import (
    ALL,
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    may,
    offer,
    page,
    place_choices,
    posted,
    prefix_of,
    succeeded,
)
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, Figure, NavItem, Table

READ, KEEP, SUPPLY, WITNESS = blanks.READ, blanks.KEEP, blanks.SUPPLY, blanks.WITNESS
CLAUSES = ("WH21-3.4a",)
_HOME = ("空白证书", "authority:blanks-balance")
_BETWEEN = re.compile(r"\s*(?:—|–|-|~|～|至)\s*")
_TABS = (
    ("结存", "authority:blanks-balance"),
    ("申领与供应", "authority:blanks-requests"),
    ("流水账", "authority:blanks-ledger"),
    ("损毁与销毁", "authority:blanks-write-offs"),
)


def _tabs(current: str) -> list[NavItem]:
    return [NavItem(label=label, url=reverse(name), current=name == current) for label, name in _TABS]


def _crumbs(*steps: tuple[str, str]) -> Any:
    return crumbs((_HOME[0], reverse(_HOME[1])), *steps)


def _held(request: GatedRequest, duty: str, *levels: str) -> list[tuple[str, str]]:
    """Return the officer's own places with a duty, of the levels that the step belongs to."""
    places = sorted({one.place for one in request.actor.duties if one.name == duty})
    return [(place.code, labels.place(place.code)) for place in places if place.level in levels]


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def _serial(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code"})
    return forms.CharField(label=label, required=required, max_length=40, widget=widget, help_text=help_text)


def _words(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=required, max_length=500, widget=widget, help_text=help_text)


def _form_page(  # noqa: PLR0913 - what the forms of this page differ in
    request: GatedRequest,
    form: forms.Form,
    *,
    title: str,
    text: str,
    consequences: Sequence[str],
    submit: str,
    duty: str,
    back: str,
    items: Sequence[Definition] = (),
    clauses: Sequence[str] = (),
    is_harmful: bool = False,
) -> HttpResponse:
    return page(
        request,
        "confirm",
        {
            "title": title,
            "text": text,
            "crumbs": _crumbs((title, "")),
            "items": items,
            "consequences": consequences,
            "form": form,
            "submit": submit,
            "danger": is_harmful,
            "clauses": clauses,
            "duty": DUTIES[duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )


def _binding(request: GatedRequest, place: str) -> tuple[str, ...]:
    return tuple(binding_clauses(CLAUSES, place=place, on=request.clock.today()))


# --- the balance ---------------------------------------------------------------------------------

_BALANCE = (
    Column(key="holder", label="保管单位"),
    Column(key="series", label="序列"),
    Column(key="printed", label="印制入库", kind="number"),
    Column(key="supplied", label="上级供应", kind="number"),
    Column(key="given_back", label="下级退回", kind="number"),
    Column(key="passed_on", label="供应下级", kind="number"),
    Column(key="returned", label="上交退回", kind="number"),
    Column(key="used", label="已使用", kind="number"),
    Column(key="awaiting", label="待见证", kind="number"),
    Column(key="spoiled", label="已损毁", kind="number"),
    Column(key="destroyed", label="已销毁", kind="number"),
    Column(key="lost", label="遗失作废", kind="number"),
    Column(key="on_hand", label="库存", kind="number"),
    Column(key="difference", label="差额", kind="number"),
)


class BalanceFilters(Filters):
    """Which stocks to show."""

    kind = forms.ChoiceField(label="证书种类", choices=[ALL, *BlankKind.choices])
    place = forms.ChoiceField(label="地区")


@officer(READ)
def balance(request: GatedRequest) -> HttpResponse:
    """Show what came, what went, what is there, and that nothing is missing (结存)."""
    filters = BalanceFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, READ, request.clock))
    kind = dict(BlankKind.choices).get(filters.value("kind"), "")
    prefix = prefix_of(filters.value("place"))
    rows = [
        row
        for row in blanks.balances(request.actor)
        if kind in {"", row.kind} and row.place.startswith(prefix)
    ]
    if wants_export(request):
        cells = [[getattr(row, one.key) for one in _BALANCE] for row in rows]
        return xlsx([one.label for one in _BALANCE], cells, title="空白证书结存", request=request)
    query = request.GET.copy()
    query["export"] = "xlsx"
    table = Table(
        name="balance",
        caption="各保管单位结存（张）",
        columns=_BALANCE,
        rows=rows,
        row_url=lambda row: reverse("authority:blanks-stock", args=[row.stock_id]),
        total=len(rows),
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=request.clock.now(),
        empty=EmptyState(
            title="没有空白证书账目",
            text="省级办理印制入库、供应到本地后，各保管单位的结存列在这里。需要空白证书的，请先提出申领。",
        ),
    )
    return page(
        request,
        "blank_balance",
        {
            "title": "空白证书",
            "subtitle": (
                "收入（印制入库、上级供应、下级退回）减去转出（供应下级、上交退回），"
                "应等于库存、已使用、待见证、已损毁、已销毁、遗失作废之和，差额为零。"
            ),
            "crumbs": crumbs((_HOME[0], "")),
            "tabs": _tabs("authority:blanks-balance"),
            "actions": _home_actions(request),
            "figures": [
                Figure(label="库存", value=sum(row.on_hand for row in rows), unit="张"),
                Figure(label="已使用", value=sum(row.used for row in rows), unit="张"),
                Figure(label="待见证", value=sum(row.awaiting for row in rows), unit="张"),
                Figure(
                    label="损毁、销毁、遗失",
                    value=sum(row.spoiled + row.destroyed + row.lost for row in rows),
                    unit="张",
                ),
            ],
            "table": table,
            "differences": [row for row in rows if row.difference],
            "is_empty": not rows,
            "proofs": _proofs(request),
            "as_of": request.clock.now(),
        },
    )


def _proofs(request: GatedRequest) -> Sequence[blanks.Proof]:
    """Return the proof over all places, for who reads in the whole province."""
    series = [one for one in blanks.series_within(request.actor) if may(request.actor, READ, one.place)]
    return blanks.proofs(series)


def _home_actions(request: GatedRequest) -> list[Action]:
    found = []
    if _held(request, SUPPLY, "province"):
        found.append(link("印制入库", reverse("authority:blanks-receive"), "primary"))
        found.append(link("登记序列", reverse("authority:blanks-series")))
    if _held(request, KEEP, "city", "district"):
        found.append(link("申领", reverse("authority:blanks-request-new"), "primary"))
    if request.actor.may_anywhere(KEEP):
        found.append(link("登记损毁", reverse("authority:blanks-spoil")))
        found.append(link("登记遗失", reverse("authority:blanks-lose")))
    return found


@officer(READ)
def stock(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one stock: where its serials are (库存账)."""
    found = blanks.stock_for(request.actor, pk)
    (row,) = [one for one in blanks.balances(request.actor) if one.stock_id == found.pk]
    listing = Listing(
        name="ranges",
        caption="流水区间",
        columns=(
            Column(key="text", label="流水区间", kind="code"),
            Column(key="count", label="张数", kind="number", sortable=True),
            Column(key="shelf", label="现状", kind="state", scope="blank_shelf", sortable=True),
            Column(key="certificate_number", label="证书编号", kind="code"),
        ),
        sort="span",
        prepare=_name_ranges,
        row_url=_certificate_url,
        empty=EmptyState(title="这一账户现在没有空白证书", text="已全部转出；来去见流水账。"),
    )
    filters = ShelfFilters(request.GET)
    ledger = f"{reverse('authority:blanks-ledger')}?{urlencode({'stock': found.pk})}"
    return list_page(
        request,
        listing,
        blanks.ranges_of(found, filters.value("shelf")),
        filters=filters,
        title=row.holder,
        subtitle=(
            f"{row.series}：库存 {row.on_hand} 张，已使用 {row.used} 张，"
            f"待见证 {row.awaiting} 张，差额 {row.difference} 张。"
        ),
        crumbs=_crumbs((row.holder, "")),
        actions=[link("查看流水账", ledger), *_stock_actions(request, found)],
    )


def _stock_actions(request: GatedRequest, found: Any) -> list[Action]:
    if not may(request.actor, KEEP, found.place):
        return []
    verbs = [("登记损毁", "spoil"), ("登记销毁", "destroy"), ("登记遗失", "lose")]
    if found.body_id is None:
        verbs.append(("发放给机构", "hand-out"))
    if found.body_id is not None or Place(found.place).level != "province":
        verbs.append(("上交退回", "return"))
    return [link(label, reverse(f"authority:blanks-{name}")) for label, name in verbs]


def _name_ranges(rows: Sequence[Any]) -> None:
    for row in rows:
        row.text = row.series.range_text(row.span.lower, row.span.upper)
        row.certificate_number = row.certificate.number if row.certificate else ""


def _certificate_url(row: Any) -> str:
    number = getattr(row, "certificate_number", "")
    return reverse("authority:certificates-show", args=[number]) if number else ""


class ShelfFilters(Filters):
    """Which condition to show."""

    shelf = forms.ChoiceField(label="现状", choices=[ALL, *Shelf.choices])


# --- the ledger ----------------------------------------------------------------------------------


class LedgerFilters(Filters):
    """Which movements to show."""

    serial = forms.CharField(label="流水号")
    kind = forms.ChoiceField(label="类别", choices=[ALL, *MovementKind.choices])
    place = forms.ChoiceField(label="地区")
    start = _day("起始日")
    end = _day("截止日")
    stock = forms.IntegerField(widget=forms.HiddenInput)

    def narrow(self, rows: Any) -> Any:
        """Narrow the movements to what was chosen."""
        if serial := self.value("serial"):
            rows = blanks.of_serial(rows, serial)
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if prefix := prefix_of(self.value("place")):
            rows = rows.filter(
                Q(from_stock__place__startswith=prefix) | Q(to_stock__place__startswith=prefix)
            )
        if stock := self.value("stock"):
            rows = rows.filter(Q(from_stock=stock) | Q(to_stock=stock))
        if start := self.cleaned_data.get("start"):
            rows = rows.filter(at__date__gte=start)
        if end := self.cleaned_data.get("end"):
            rows = rows.filter(at__date__lte=end)
        return rows


@officer(READ)
def ledger(request: GatedRequest) -> HttpResponse:
    """List the movements of the officer's places; one serial's whole way where it is asked for (流水账)."""
    filters = LedgerFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, READ, request.clock))
    listing = Listing(
        name="ledger",
        caption="空白证书流水账",
        columns=(
            Column(key="at", label="时间", kind="datetime", sortable=True),
            Column(key="get_kind_display", label="类别"),
            Column(key="text", label="流水区间", kind="code"),
            Column(key="count", label="张数", kind="number", sortable=True),
            Column(key="source", label="保管或转出"),
            Column(key="target", label="转入"),
            Column(key="to_shelf", label="现状", kind="state", scope="blank_shelf"),
            Column(key="actor_name", label="经办人"),
            Column(key="paper", label="单据"),
            Column(key="reason", label="原因"),
        ),
        sort="-at",
        prepare=_name_movements,
        empty=EmptyState(
            title="没有符合条件的流水", text="可以放宽筛选条件；按流水号查询的，请核对号码是否完整。"
        ),
    )
    return list_page(
        request,
        listing,
        filters.narrow(blanks.ledger_within(request.actor)),
        filters=filters,
        title="空白证书",
        subtitle="只增不改，每次变动一行。填写流水号，可以查看一张空白证书从入库到使用、核销的全过程。",
        crumbs=_crumbs(("流水账", "")),
        tabs=_tabs("authority:blanks-ledger"),
    )


def _name_movements(rows: Sequence[Any]) -> None:
    for row in rows:
        row.text = row.series.range_text(row.span.lower, row.span.upper)
        row.source = _holder(row.from_stock, row.from_body) if row.from_stock else "印制单位"
        stays = row.from_stock_id == row.to_stock_id
        row.target = "" if stays else _holder(row.to_stock, row.to_body)
        row.paper = str(row.request or row.write_off or row.certificate or "")


def _holder(stock: Any, body_name: str | None) -> str:
    place = blanks.short_name(stock.place)
    if stock.body_id is None:
        return place
    return f"{body_name or '其他地区机构'}（{place}）"


# --- requests ------------------------------------------------------------------------------------


class RequestFilters(Filters):
    """Which requests to show."""

    text = forms.CharField(label="申领单号或项目")
    kind = forms.ChoiceField(label="证书种类", choices=[ALL, *BlankKind.choices])
    state = forms.ChoiceField(label="状态", choices=[ALL, *BlankRequestState.choices])
    place = forms.ChoiceField(label="申领地区")

    def narrow(self, rows: Any) -> Any:
        """Narrow the requests to what was chosen."""
        if text := self.value("text"):
            rows = rows.filter(Q(number__icontains=text) | Q(project__icontains=text))
        for name in ("kind", "state"):
            if value := self.value(name):
                rows = rows.filter(**{name: value})
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        return rows


def _requests_listing(request: GatedRequest) -> Listing:
    today = request.clock.today()

    def prepare(rows: Sequence[Any]) -> None:
        for row in rows:
            is_open = row.state in blanks.OPEN_STATES
            row.due = due(row.due_on, today) if is_open else row.due_on

    return Listing(
        name="requests",
        caption="空白证书申领单",
        columns=(
            Column(key="number", label="申领单号", kind="code", sortable=True),
            Column(key="get_kind_display", label="证书种类"),
            Column(key="place", label="申领地区", kind="place"),
            Column(key="supplier", label="供应地区", kind="place"),
            Column(key="quantity", label="申领", kind="number", sortable=True),
            Column(key="granted", label="核定", kind="number"),
            Column(key="supplied", label="已供应", kind="number"),
            Column(key="project", label="考核项目"),
            Column(key="due", label="需用日期", sortable=True),
            Column(key="state", label="状态", kind="state", scope="blank_request", sortable=True),
        ),
        sort="-number",
        fields={"due": "due_on"},
        prepare=prepare,
        row_url=lambda row: reverse("authority:blanks-request", args=[row.pk]),
        empty=EmptyState(
            title="没有符合条件的申领单", text="可以放宽筛选条件，或点击“申领”提出空白证书需求。"
        ),
    )


@officer(READ)
def requests(request: GatedRequest) -> HttpResponse:
    """List the requests of the officer's places (申领与供应)."""
    filters = RequestFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, READ, request.clock))
    found = []
    if _held(request, KEEP, "city", "district"):
        found.append(link("申领", reverse("authority:blanks-request-new"), "primary"))
    if _held(request, SUPPLY, "city"):
        found.append(link("汇总上报", reverse("authority:blanks-sum"), "primary"))
    return list_page(
        request,
        _requests_listing(request),
        filters.narrow(blanks.requests_within(request.actor)),
        filters=filters,
        title="空白证书",
        subtitle="区县提出需求，市级汇总报省，省级供应到市，市级按单发到区县。",
        crumbs=_crumbs(("申领与供应", "")),
        tabs=_tabs("authority:blanks-requests"),
        actions=found,
    )


class NeedForm(forms.Form):
    """How many blanks are needed."""

    place = forms.ChoiceField(label="申领地区")
    kind = forms.ChoiceField(label="证书种类", choices=BlankKind.choices)
    quantity = forms.IntegerField(label="申领张数", min_value=1)
    project = forms.CharField(label="考核项目", max_length=120, required=False)
    due_on = _day("需用日期", "上级按此日期安排供应。")
    note = _words("用途说明", required=False)


@officer(KEEP)
def new_request(request: GatedRequest) -> HttpResponse:
    """State a need (申领空白证书)."""
    places = _held(request, KEEP, "city", "district")
    form = NeedForm(posted(request))
    offer(form, "place", places)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        place = given.pop("place")
        done = attempt(
            form,
            lambda: actions.request_blanks(
                place, actions.Need(**given), actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"申领单 {done.number} 已提交，由{labels.place(done.supplier)}办理。")
            return redirect("authority:blanks-request", done.pk)
    return _form_page(
        request,
        form,
        title="申领空白证书",
        text="" if places else "空白证书由区县和市级申领；省级办理印制入库。",
        consequences=["申领单进入上级待办，按需用日期排序。", "上级汇总或供应之前可以撤回。"],
        submit="提交申领",
        duty=KEEP,
        back=reverse("authority:blanks-requests"),
        clauses=_binding(request, places[0][0]) if places else (),
    )


class SumForm(forms.Form):
    """What a city lets stand of each district's request, and its own need."""

    own = forms.IntegerField(label="本级另需张数", min_value=0, initial=0)
    due_on = _day("需用日期")
    note = _words("汇总说明", required=False)

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        """Add two fields for each request that waits: how many, and why less."""
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            name = blanks.short_name(line.place)
            self.fields[f"take_{line.pk}"] = forms.BooleanField(
                label=f"汇总{name}这一单", required=False, initial=True
            )
            self.fields[f"granted_{line.pk}"] = forms.IntegerField(
                label=f"{name}核定张数", min_value=1, initial=line.quantity
            )
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=f"{name}核减原因", max_length=500, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return each request with its fields, for the table."""
        return [
            {
                "line": line,
                "take": self[f"take_{line.pk}"],
                "granted": self[f"granted_{line.pk}"],
                "reason": self[f"reason_{line.pk}"],
            }
            for line in self.lines
        ]

    def rest(self) -> list[Any]:
        """Return the fields that belong to no request."""
        return [self["own"], self["due_on"], self["note"]]

    def grants(self) -> dict[int, actions.Grant]:
        """Return what was let stand of each request that is summed."""
        cleaned = self.cleaned_data
        return {
            line.pk: actions.Grant(
                quantity=cleaned[f"granted_{line.pk}"], reason=cleaned[f"reason_{line.pk}"]
            )
            for line in self.lines
            if cleaned[f"take_{line.pk}"]
        }


class SumFilters(Filters):
    """For which city and kind to sum."""

    place = forms.ChoiceField(label="市级")
    kind = forms.ChoiceField(label="证书种类", choices=BlankKind.choices)


@officer(SUPPLY)
def sum_up(request: GatedRequest) -> HttpResponse:
    """Sum the districts' requests into one to the province (汇总上报)."""
    cities = _held(request, SUPPLY, "city")
    filters = SumFilters(request.GET)
    offer(filters, "place", cities)
    place = filters.value("place") or (cities[0][0] if cities else "")
    kind = filters.value("kind") or BlankKind.ABILITY.value
    lines = list(blanks.requests_to_sum(place, kind)) if place else []
    first_due = {"due_on": lines[0].due_on} if lines else {}
    form = SumForm(posted(request), lines=lines, initial=first_due)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        summed = actions.Need(
            kind=BlankKind(kind), quantity=cleaned["own"], due_on=cleaned["due_on"], note=cleaned["note"]
        )
        done = attempt(
            form,
            lambda: actions.aggregate_blank_requests(
                place, form.grants(), need=summed, actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(
                request,
                f"已汇总为申领单 {done.number}，共 {done.quantity} 张，报{labels.place(done.supplier)}。",
            )
            return redirect("authority:blanks-request", done.pk)
    return page(
        request,
        "blank_sum",
        {
            "title": "汇总上报",
            "subtitle": f"{labels.place(place)}，{BlankKind(kind).label}" if place else "",
            "crumbs": _crumbs(("申领与供应", reverse("authority:blanks-requests")), ("汇总上报", "")),
            "filters": filters,
            "form": form if cities else None,
            "rows": form.rows(),
            "rest": form.rest(),
            "total": sum(line.quantity for line in lines),
            "clauses": _binding(request, place) if place else (),
            "duty": DUTIES[SUPPLY],
            "cancel_url": reverse("authority:blanks-requests"),
            "empty": EmptyState(title="汇总由市级办理", text="您没有市级的空白证书汇总职责。"),
        },
        status=form_status(form),
    )


_REQUEST_VERBS = {
    "withdraw_request": ("撤回申领", actions.withdraw_blank_request),
    "decline": ("不予供应", actions.decline_blank_request),
}


@officer(READ)
def blank_request(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one request: what was asked, granted, supplied, its lines (申领单)."""
    found = blanks.request_for(request.actor, pk)
    movements = list(blanks.ledger_within(request.actor).filter(request=found).order_by("pk"))
    _name_movements(movements)
    return page(
        request,
        "blank_request",
        {
            "title": f"申领单 {found.number}",
            "subtitle": (
                f"{labels.place(found.place)}向{labels.place(found.supplier)}申领{found.get_kind_display()}"
            ),
            "crumbs": _crumbs(("申领与供应", reverse("authority:blanks-requests")), (found.number, "")),
            "one": found,
            "actions": _request_actions(request, found),
            "figures": [
                Figure(label="申领", value=found.quantity, unit="张"),
                Figure(label="核定", value=found.granted, unit="张"),
                Figure(label="已供应", value=found.supplied, unit="张"),
                Figure(label="尚缺", value=found.left, unit="张"),
            ],
            "items": _request_items(request, found),
            "lines": list(found.lines.order_by("place", "pk")),
            "movements": movements,
            "as_of": request.clock.now(),
            "trace_url": reverse(
                "authority:journal-trace", args=["certificates.blankrequest", str(found.pk)]
            ),
        },
    )


def _request_items(request: GatedRequest, found: Any) -> list[Definition]:
    parent = found.parent if found.parent and may(request.actor, READ, found.parent.place) else None
    is_open = found.state in blanks.OPEN_STATES
    return [
        Definition(term="考核项目", value=found.project),
        Definition(
            term="需用日期",
            value=due(found.due_on, request.clock.today()) if is_open else found.due_on,
            kind="text" if is_open else "date",
        ),
        Definition(term="申领人", value=found.asked_by),
        Definition(term="申领时间", value=found.asked_at, kind="datetime"),
        Definition(
            term="汇总单",
            value=found.parent.number if found.parent else "",
            kind="code",
            url=reverse("authority:blanks-request", args=[parent.pk]) if parent else "",
        ),
        Definition(term="核减原因", value=found.reduction),
        Definition(term="用途说明", value=found.note, wide=True),
        Definition(term="办理说明", value=found.answer, wide=True),
    ]


def _request_actions(request: GatedRequest, found: Any) -> list[Action]:
    buttons = []
    if (found.state, "supply_rest") in BLANK_REQUEST_MOVES and may(request.actor, SUPPLY, found.supplier):
        buttons.append(link("供应", reverse("authority:blanks-supply", args=[found.pk]), "primary"))
    for verb, (label, _) in _REQUEST_VERBS.items():
        move = BLANK_REQUEST_MOVES.get((found.state, verb))
        place = found.place if verb == "withdraw_request" else found.supplier
        if move is not None and may(request.actor, move.duty, place):
            is_end = verb == "decline" and found.state == BlankRequestState.PARTLY
            url = reverse("authority:blanks-request-step", args=[found.pk, verb])
            buttons.append(link("不再供应" if is_end else label, url))
    return buttons


class ReasonForm(forms.Form):
    """Why a request ends here."""

    reason = _words("原因")


@officer(READ)
def request_step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Withdraw or refuse a request (撤回、不予供应)."""
    found = blanks.request_for(request.actor, pk)
    move = BLANK_REQUEST_MOVES.get((found.state, verb))
    if verb not in _REQUEST_VERBS or move is None:
        raise MoveNotAllowedError(state=found.get_state_display(), verb="此操作")
    request.actor.require(move.duty, Place(found.place if verb == "withdraw_request" else found.supplier))
    label, act = _REQUEST_VERBS[verb]
    form = ReasonForm(posted(request))
    back = reverse("authority:blanks-request", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = attempt(form, lambda: act(found.pk, reason=reason, actor=request.actor, clock=request.clock))
        if done is not None:
            succeeded(request, f"申领单 {found.number}：{done.get_state_display()}。")
            return redirect(back)
    return _form_page(
        request,
        form,
        title=f"{label}：{found.number}",
        text=(
            f"{labels.place(found.place)}申领{found.get_kind_display()} {found.quantity} 张，"
            f"已供应 {found.supplied} 张。"
        ),
        consequences=["申领单办结，原因告知申领地区。", "由它汇总的区县申领单退回待汇总。"]
        if not found.supplied
        else ["申领单按已供应张数办结，原因告知申领地区。"],
        submit=f"确认{label}",
        duty=move.duty,
        back=back,
        clauses=_binding(request, found.place),
        is_harmful=True,
    )


class SupplyForm(forms.Form):
    """Which serials are handed over."""

    spans = forms.CharField(
        label="流水区间",
        widget=forms.Textarea(attrs={"rows": 5, "class": "code", "spellcheck": "false"}),
        help_text="每行一段，写起始号和截止号，中间用“—”或“-”，如 SD000001—SD000100；单张只写一个号。",
    )

    def pairs(self) -> list[tuple[str, str]]:
        """Return the first and last serial of each line."""
        lines = [line.strip() for line in self.cleaned_data["spans"].splitlines() if line.strip()]
        parts = [_BETWEEN.split(line, maxsplit=1) for line in lines]
        return [(one[0], one[1] if len(one) > 1 else "") for one in parts]


@officer(SUPPLY)
def supply(request: GatedRequest, pk: int) -> HttpResponse:
    """Hand over blanks on a request (供应空白证书)."""
    found = blanks.request_for(request.actor, pk)
    if (found.state, "supply_rest") not in BLANK_REQUEST_MOVES:
        raise MoveNotAllowedError(state=found.get_state_display(), verb="供应")
    request.actor.require(SUPPLY, Place(found.supplier))
    suggested = "\n".join(blanks.suggested_spans(found.supplier, found.kind, found.left))
    form = SupplyForm(posted(request), initial={"spans": suggested})
    back = reverse("authority:blanks-request", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.supply_blanks(found.pk, form.pairs(), actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"申领单 {done.number}：已供应 {done.supplied} 张，尚缺 {done.left} 张。")
            return redirect(back)
    on_hand = blanks.on_hand_at(found.supplier, found.kind)
    return _form_page(
        request,
        form,
        title=f"供应：{found.number}",
        text=f"{labels.place(found.place)}，核定 {found.granted} 张，尚缺 {found.left} 张。",
        items=[
            Definition(term=one.series, value=f"{one.count} 张，下一张 {one.next_serial}") for one in on_hand
        ]
        or [Definition(term="本级库存", value="没有可供应的空白证书")],
        consequences=[
            f"所列流水号从{labels.place(found.supplier)}库存转入{labels.place(found.place)}库存。",
            "可以先供应一部分，其余下次再办。",
        ],
        submit="确认供应",
        duty=SUPPLY,
        back=back,
        clauses=_binding(request, found.place),
    )


# --- the store of a province ---------------------------------------------------------------------


class SeriesForm(forms.Form):
    """How serials are printed."""

    place = forms.ChoiceField(label="省份")
    kind = forms.ChoiceField(label="证书种类", choices=BlankKind.choices)
    letters = forms.CharField(
        label="前缀", max_length=12, required=False, help_text="流水号前面不变的字母或数字，如 SD26。"
    )
    width = forms.IntegerField(
        label="流水位数", min_value=1, max_value=12, initial=8, help_text="不足位数的前面补 0。"
    )


@officer(SUPPLY)
def new_series(request: GatedRequest) -> HttpResponse:
    """Open a series (登记空白证书序列)."""
    form = SeriesForm(posted(request))
    offer(form, "place", _held(request, SUPPLY, "province"))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        details = actions.SeriesDetails(
            kind=cleaned["kind"], prefix=cleaned["letters"], width=cleaned["width"]
        )
        done = attempt(
            form,
            lambda: actions.open_blank_series(
                cleaned["place"], details, actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"序列“{done.label}”已登记，可以办理印制入库。")
            return redirect("authority:blanks-receive")
    return _form_page(
        request,
        form,
        title="登记空白证书序列",
        text="印制前登记流水号的写法。一个号码只能属于一个序列。",
        consequences=["登记后即可办理入库。", "序列登记后不能更改。"],
        submit="登记",
        duty=SUPPLY,
        back=reverse("authority:blanks-balance"),
    )


class SpanForm(forms.Form):
    """A run of serials."""

    first = _serial("起始流水号", help_text="照证书纸上印的填写。")
    last = _serial("截止流水号", required=False, help_text="只有一张的不填。")


class ReceiveForm(SpanForm):
    """What came from the printer."""

    reference = _words("交货单据", help_text="印制单位、交货单号、验收情况。")


def _stepped(
    request: GatedRequest, form: forms.Form, act: Callable[..., Any], told: str, *args: Any
) -> HttpResponse | None:
    """Carry out a step over a run of serials; a page to go to, or nothing where the form is shown again."""
    if request.method != "POST" or not form.is_valid():
        return None
    given = dict(form.cleaned_data)
    places = [given.pop(name) for name in args]
    first, last = given.pop("first"), given.pop("last")
    done = attempt(form, lambda: act(*places, first, last, **given, actor=request.actor, clock=request.clock))
    if done is None:
        return None
    span = f"{first}—{last}" if last else first
    succeeded(request, told.format(span=span, number=getattr(done, "number", "")))
    return redirect("authority:blanks-balance")


@officer(SUPPLY)
def receive(request: GatedRequest) -> HttpResponse:
    """Take printed sheets into the store (印制入库)."""
    form = ReceiveForm(posted(request))
    return _stepped(request, form, actions.receive_blanks, "{span} 已入库。") or _form_page(
        request,
        form,
        title="印制入库",
        text="对照交货单逐包清点后登记。",
        items=[
            Definition(term=one.label, value=f"如 {one.text(1)}")
            for one in blanks.series_within(request.actor)
        ],
        consequences=["所列流水号记入省级库存。", "已入库过的号码不能重复入库。"],
        submit="确认入库",
        duty=SUPPLY,
        back=reverse("authority:blanks-balance"),
    )


# --- what a keeper enters ------------------------------------------------------------------------


class SpanReasonForm(SpanForm):
    """A run of serials, and why."""

    reason = _words("原因")


class LossForm(SpanReasonForm):
    """What was lost, why, and what the public reads."""

    reason = _words("遗失经过", help_text="只作内部留存，不公开。")
    statement = _words("公告内容", required=False, help_text="随流水号、日期一并公开；可以不填。")


class HandOutForm(SpanForm):
    """To which body."""

    place = forms.ChoiceField(label="发放地区")
    body = forms.TypedChoiceField(label="机构", coerce=int)

    field_order = ("place", "body", "first", "last")


@officer(KEEP)
def spoil(request: GatedRequest) -> HttpResponse:
    """Set spoiled sheets aside for a witness (登记损毁)."""
    form = SpanReasonForm(posted(request))
    told = "核销单 {number} 已登记（{span}），请另一名有见证职责的人员见证。"
    return _stepped(request, form, actions.spoil_blanks, told) or _form_page(
        request,
        form,
        title="登记损毁",
        text="打印损坏、受潮、裁切错误等不能再用的空白证书。",
        consequences=[
            "所列号码立即停止使用，转为“损毁待见证”。",
            "由另一名有见证职责的人员见证后核销；本人不能见证。",
        ],
        submit="登记损毁",
        duty=KEEP,
        back=reverse("authority:blanks-balance"),
        is_harmful=True,
    )


@officer(KEEP)
def destroy(request: GatedRequest) -> HttpResponse:
    """Enter that spoiled sheets were destroyed (登记销毁)."""
    form = SpanReasonForm(posted(request))
    told = "核销单 {number} 已登记（{span}），请另一名有见证职责的人员见证。"
    return _stepped(request, form, actions.destroy_blanks, told) or _form_page(
        request,
        form,
        title="登记销毁",
        text="只有已见证的损毁空白证书可以销毁。",
        consequences=["所列号码转为“销毁待见证”。", "由另一名有见证职责的人员见证后核销；本人不能见证。"],
        submit="登记销毁",
        duty=KEEP,
        back=reverse("authority:blanks-write-offs"),
        is_harmful=True,
    )


@officer(KEEP)
def lose(request: GatedRequest) -> HttpResponse:
    """Declare lost sheets void, in public (遗失作废)."""
    form = LossForm(posted(request))
    told = "{span} 已声明作废，公告 {number} 已发布。"
    return _stepped(request, form, actions.report_lost_blanks, told) or _form_page(
        request,
        form,
        title="登记遗失",
        text="空白证书遗失、被盗，或持证人遗失已打印的证书纸。",
        consequences=[
            "所列号码立即作废，找回也不能再用。",
            "“空白证书作废公告”即时公开流水号、地区和日期。",
            "已用于证书的，证书编号不变，可换用另一张空白证书补打。",
        ],
        submit="确认作废并公告",
        duty=KEEP,
        back=reverse("authority:blanks-balance"),
        is_harmful=True,
    )


@officer(KEEP)
def give_back(request: GatedRequest) -> HttpResponse:
    """Give blanks back one level up (上交退回)."""
    form = SpanReasonForm(posted(request))
    return _stepped(request, form, actions.return_blanks, "{span} 已退回。") or _form_page(
        request,
        form,
        title="上交退回",
        text="多余、停用的空白证书退回供应地区；机构退回发放部门。",
        consequences=["所列号码转入上级库存，本级不能再使用。"],
        submit="确认退回",
        duty=KEEP,
        back=reverse("authority:blanks-balance"),
    )


@officer(KEEP)
def hand_out(request: GatedRequest) -> HttpResponse:
    """Hand blanks to a body that prints by itself (发放给机构)."""
    form = HandOutForm(posted(request))
    places = _held(request, KEEP, "province", "city", "district")
    offer(form, "place", places)
    bodies = registry.bodies_within(request.actor).order_by("name")
    offer(form, "body", list(bodies.values_list("pk", "name")))
    told = "{span} 已发放。"
    return _stepped(request, form, actions.hand_out_blanks, told, "place", "body") or _form_page(
        request,
        form,
        title="发放给机构",
        text="自行打印证书的机构，由所在地部门发放并代记账目。",
        consequences=[
            "所列号码转入该机构名下，只能用于该机构核发的证书。",
            "用剩、损毁的由发放部门登记退回或核销。",
        ],
        submit="确认发放",
        duty=KEEP,
        back=reverse("authority:blanks-balance"),
        clauses=_binding(request, places[0][0]) if places else (),
    )


# --- write-offs ----------------------------------------------------------------------------------


class WriteOffFilters(Filters):
    """Which write-offs to show."""

    state = forms.ChoiceField(label="状态", choices=[ALL, *WriteOffState.choices])
    place = forms.ChoiceField(label="地区")


@officer(READ)
def write_offs(request: GatedRequest) -> HttpResponse:
    """List what was written off before two persons (损毁与销毁)."""
    filters = WriteOffFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, READ, request.clock))
    rows = blanks.write_offs_within(request.actor)
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    if place := filters.value("place"):
        rows = rows.filter(stock__place__startswith=prefix_of(place))
    listing = Listing(
        name="write-offs",
        caption="空白证书核销单",
        columns=(
            Column(key="number", label="核销单号", kind="code", sortable=True),
            Column(key="get_kind_display", label="类别"),
            Column(key="text", label="流水区间", kind="code"),
            Column(key="count", label="张数", kind="number", sortable=True),
            Column(key="stock.place", label="地区", kind="place"),
            Column(key="reason", label="原因"),
            Column(key="keeper_name", label="保管人"),
            Column(key="witness_name", label="见证人"),
            Column(key="proposed_at", label="登记时间", kind="datetime", sortable=True),
            Column(key="state", label="状态", kind="state", scope="blank_write_off", sortable=True),
        ),
        sort="-proposed_at",
        prepare=_name_write_offs,
        row_url=lambda row: reverse("authority:blanks-write-off", args=[row.pk]),
        empty=EmptyState(title="没有符合条件的核销单", text="登记损毁、销毁后，由另一名人员在这里见证。"),
    )
    buttons = (
        [
            link("登记损毁", reverse("authority:blanks-spoil")),
            link("登记销毁", reverse("authority:blanks-destroy")),
        ]
        if request.actor.may_anywhere(KEEP)
        else []
    )
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title="空白证书",
        subtitle="损毁、销毁由保管人登记，另一名有见证职责的人员见证后核销。",
        crumbs=_crumbs(("损毁与销毁", "")),
        tabs=_tabs("authority:blanks-write-offs"),
        actions=buttons,
    )


def _name_write_offs(rows: Sequence[Any]) -> None:
    for row in rows:
        row.text = _written_off(row)


def _written_off(one: Any) -> str:
    return str(one.stock.series.range_text(one.span.lower, one.span.upper))


class WitnessForm(forms.Form):
    """What the witness saw."""

    opinion = _words("见证意见", required=False, help_text="清点方式、在场情况。见证不符的必须写明原因。")


_WITNESS_VERBS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "confirm_write_off": ("见证属实", actions.confirm_write_off),
    "reject_write_off": ("见证不符", actions.reject_write_off),
}


@officer(READ)
def write_off(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one write-off (核销单)."""
    found = blanks.write_off_for(request.actor, pk)
    text = _written_off(found)
    is_open = found.state == WriteOffState.PROPOSED
    is_keeper = found.keeper_id == request.actor.id
    can_witness = is_open and not is_keeper and may(request.actor, WITNESS, found.stock.place)
    return page(
        request,
        "blank_write_off",
        {
            "title": f"核销单 {found.number}",
            "subtitle": f"{found.get_kind_display()} {text}，共 {found.count} 张",
            "crumbs": _crumbs(("损毁与销毁", reverse("authority:blanks-write-offs")), (found.number, "")),
            "one": found,
            "is_own": is_open and is_keeper,
            "items": [
                Definition(term="流水区间", value=text, kind="code"),
                Definition(term="张数", value=found.count, kind="number"),
                Definition(term="地区", value=found.stock.place, kind="place"),
                Definition(term="原状", value=found.came_from, kind="state", scope="blank_shelf"),
                Definition(term="保管人", value=found.keeper_name),
                Definition(term="登记时间", value=found.proposed_at, kind="datetime"),
                Definition(term="见证人", value=found.witness_name),
                Definition(term="见证时间", value=found.closed_at, kind="datetime"),
                Definition(term="核销类别", value=found.get_kind_display()),
                Definition(term="原因", value=found.reason, wide=True),
                Definition(term="见证意见", value=found.answer, wide=True),
            ],
            "actions": [
                link(
                    label,
                    reverse("authority:blanks-write-off-step", args=[found.pk, verb]),
                    "primary" if verb == "confirm_write_off" else "secondary",
                )
                for verb, (label, _) in _WITNESS_VERBS.items()
                if can_witness
            ],
            "as_of": request.clock.now(),
            "trace_url": reverse(
                "authority:journal-trace", args=["certificates.blankwriteoff", str(found.pk)]
            ),
        },
    )


@officer(WITNESS)
def write_off_step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Witness a write-off, or find otherwise (见证)."""
    found = blanks.write_off_for(request.actor, pk)
    move = BLANK_WRITE_OFF_MOVES.get((found.state, verb))
    if move is None:
        raise MoveNotAllowedError(state=found.get_state_display(), verb="见证")
    request.actor.require(move.duty, Place(found.stock.place))
    text = _written_off(found)
    label, act = _WITNESS_VERBS[verb]
    form = WitnessForm(posted(request))
    back = reverse("authority:blanks-write-off", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        opinion = form.cleaned_data["opinion"]
        done = attempt(form, lambda: act(found.pk, opinion=opinion, actor=request.actor, clock=request.clock))
        if done is not None:
            succeeded(request, f"核销单 {found.number}：{done.get_state_display()}。")
            return redirect(back)
    is_confirmed = verb == "confirm_write_off"
    return _form_page(
        request,
        form,
        title=f"{label}：{found.number}",
        text=f"{found.get_kind_display()} {text}，共 {found.count} 张；保管人 {found.keeper_name}。",
        consequences=["您确认亲自查看了上述空白证书。", "所列号码核销，不能再使用。"]
        if is_confirmed
        else ["所列号码退还为原状。", "原因告知保管人。"],
        submit=label,
        duty=WITNESS,
        back=back,
    )


# --- certificates on blanks ----------------------------------------------------------------------


class SheetForm(forms.Form):
    """Which blank a certificate is put on."""

    stock = forms.TypedChoiceField(
        label="取用库存",
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text="不填流水号的，取所选库存的下一张。",
    )
    serial = _serial("空白证书流水号", required=False, help_text="照所用证书纸上印的填写；不填则取下一张。")

    def __init__(self, *args: Any, choices: Sequence[blanks.Choice], **kwargs: Any) -> None:
        """Offer the stocks, the nearest first."""
        super().__init__(*args, **kwargs)
        found = [
            (one.stock_id, f"{one.holder}　{one.series}：{one.count} 张，下一张 {one.next_serial}")
            for one in choices
        ]
        offer(self, "stock", found)
        if found:
            self.fields["stock"].initial = found[0][0]
        else:
            del self.fields["stock"]

    def source(self) -> actions.Source:
        """Return where the blank comes from."""
        return actions.Source(serial=self.cleaned_data["serial"], stock_id=self.cleaned_data.get("stock"))


class ExchangeForm(SheetForm):
    """Which blank comes next, and how the one before was spoiled."""

    reason = _words("损毁原因")


@officer(KEEP)
def certificate_sheet(request: GatedRequest, number: str) -> HttpResponse:
    """Put a certificate on a blank, or exchange a spoiled one (使用空白证书、损毁换纸)."""
    found = certificate_for(request.actor, number)
    request.actor.require(KEEP, Place(found.place))
    current = blanks.current_sheet(found)
    choices = blanks.choices_for(found, request.actor)
    form = (ExchangeForm if current else SheetForm)(posted(request), choices=choices)
    back = reverse("authority:certificates-show", args=[found.number])
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"actor": request.actor, "clock": request.clock}
        if current:
            given["reason"] = form.cleaned_data["reason"]
        act = actions.exchange_spoiled_blank if current else actions.use_blank
        done = attempt(form, lambda: act(found.number, form.source(), **given))
        if done is not None:
            succeeded(request, f"证书 {found.number} 使用空白证书 {blanks.current_sheet(found)}。")
            return redirect(back)
    title = "损毁换纸" if current else "登记空白证书"
    return _form_page(
        request,
        form,
        title=f"{title}：{found.number}",
        text=f"{found.holder_name}　{found.occupation_name}　{labels.level(found.level)}",
        items=[
            Definition(term="证书编号", value=found.number, kind="code"),
            Definition(term="空白证书流水号", value=current, kind="code"),
        ],
        consequences=[
            f"{current} 转为“损毁待见证”，由另一名人员见证核销。",
            "证书改用下一张空白证书，证书编号不变。",
        ]
        if current
        else [
            "该流水号从库存转为已使用，不能再用于其他证书。",
            "证书编号与空白证书流水号分别记载，互不替代。",
        ],
        submit="确认换纸" if current else "确认使用",
        duty=KEEP,
        back=back,
        clauses=_binding(request, found.place),
    )


def sheet_actions(request: GatedRequest, found: Any) -> list[Action]:
    """Return the button for a certificate's blank, for who may."""
    if found.state != CertificateState.VALID or not may(request.actor, KEEP, found.place):
        return []
    label = "损毁换纸" if blanks.current_sheet(found) else "登记空白证书"
    return [link(label, reverse("authority:certificates-blank", args=[found.number]))]


class SittingSheetsForm(forms.Form):
    """From which serial on a sitting's certificates are printed."""

    first = _serial("起始流水号", help_text="按证书编号顺序逐张使用；已登记的证书跳过。")


@officer(KEEP)
def sitting_sheets(request: GatedRequest, pk: int) -> HttpResponse:
    """Put a whole sitting's certificates on consecutive blanks (批次登记空白证书)."""
    found = exams.sitting_within(request.actor, pk)
    request.actor.require(KEEP, Place(found.place))
    waiting = blanks.waiting_for_sheets(found.pk)
    sample = blanks.choices_for(waiting[0], request.actor) if waiting else ()
    form = SittingSheetsForm(posted(request), initial={"first": sample[0].next_serial} if sample else {})
    back = reverse("authority:sittings-show", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        first = form.cleaned_data["first"]
        done = attempt(
            form,
            lambda: actions.use_blanks_for_sitting(found.pk, first, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"{len(done)} 本证书使用空白证书 {done[0]} 至 {done[-1]}。")
            return redirect(back)
    return _form_page(
        request,
        form,
        title=f"批次登记空白证书：{found.number}",
        text=f"有 {len(waiting)} 本有效证书尚未登记空白证书。",
        items=[
            Definition(term=f"{one.holder}　{one.series}", value=f"{one.count} 张，下一张 {one.next_serial}")
            for one in sample
        ],
        consequences=["从起始号起连续使用，一本一张。", "其中任何一张不能使用的，全部不登记。"],
        submit="确认使用",
        duty=KEEP,
        back=back,
        clauses=_binding(request, found.place),
    )
