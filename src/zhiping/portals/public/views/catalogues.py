"""Dated lists for everybody (目录公开): directories, cancelled items, implementing list, standards, rates."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.handover_queries import responsibilities_at
from zhiping.apps.reference.queries import binding_clauses, judge
from zhiping.core.catalogues.cancellations import total
from zhiping.core.catalogues.qualifications import (
    CHANGE_NAMES,
    COUNT_NAMES,
    KIND_NAMES,
    TYPE_NAMES,
    Directory,
    Standing,
    counted,
    plain_name,
)
from zhiping.kernel.place import NATION
from zhiping.portals import catalogue_words as words
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.labels import place_name
from zhiping.portals.public.forms import day_field
from zhiping.portals.public.lists import download, page_of, place_choices
from zhiping.ui.formatting import short_day
from zhiping.ui.shapes import Action, Crumb, Definition, EmptyState, Figure, NavItem, Table

PER_PAGE = 50
_EXPORTS = frozenset({"xlsx", "csv", "json"})
_TABS = (
    ("总览", "public:catalogues"),
    ("职业资格目录", "public:catalogues-qualifications"),
    ("版本比较", "public:catalogues-changes"),
    ("取消事项", "public:catalogues-cancelled"),
    ("实施清单", "public:catalogues-implementing"),
    ("名称核对", "public:catalogues-check"),
    ("职业标准", "public:catalogues-standards"),
    ("急需紧缺", "public:catalogues-shortages"),
    ("比照表", "public:catalogues-equivalences"),
    ("收费与补贴", "public:catalogues-rates"),
)


class AsOfForm(forms.Form):
    """For which day and place to read a list (日期与地区)."""

    on = day_field("查看日期")
    place = forms.ChoiceField(label="地区", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        """Fill in the places that have lists; an empty day is the day of the page."""
        super().__init__(*args, **kwargs)
        self._today = on
        if self.is_bound and not self.data.get("on"):
            self.data = {**dict(self.data.items()), "on": on.isoformat()}
        choices = place_choices(lists.places_with_lists(), on=on, first="全国")
        self.fields["place"] = forms.ChoiceField(label="地区", required=False, choices=choices)
        self.fields["on"].initial = on

    def asked(self) -> tuple[date, str]:
        """Return day and place; what was not understood is today, the nation."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return found.get("on") or self._today, found.get("place") or NATION


class DirectoryForm(AsOfForm):
    """What of a directory to show."""

    text = forms.CharField(label="名称或实施部门", required=False, max_length=60)
    kind = forms.ChoiceField(
        label="人员类别",
        required=False,
        choices=[("", "全部"), *((kind.value, name) for kind, name in KIND_NAMES.items())],
    )
    type = forms.ChoiceField(
        label="资格类别",
        required=False,
        choices=[("", "全部"), *((kind.value, name) for kind, name in TYPE_NAMES.items())],
    )


class CancelledForm(AsOfForm):
    """What of the cancelled items to show."""

    text = forms.CharField(label="名称", required=False, max_length=60)
    batch = forms.ChoiceField(label="批次", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill in the batches."""
        super().__init__(*args, **kwargs)
        batches = [(one.code, one.title) for one in lists.all_batches()]
        self.fields["batch"] = forms.ChoiceField(
            label="批次", required=False, choices=[("", "全部"), *batches]
        )


class ChangesForm(forms.Form):
    """Which two editions to compare (版本比较)."""

    old = forms.ChoiceField(label="原版本", required=False)
    new = forms.ChoiceField(label="新版本", required=False)
    change = forms.ChoiceField(
        label="变化",
        required=False,
        choices=[("", "全部"), *((kind.value, name) for kind, name in CHANGE_NAMES.items())],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every edition whose rows are held."""
        super().__init__(*args, **kwargs)
        held = [one for one in lists.editions_on_record() if one.period is not None]
        choices = [(f"{one.place}/{one.code}", one.title) for one in held]
        for name, label in (("old", "原版本"), ("new", "新版本")):
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices)


class CheckForm(AsOfForm):
    """A name to hold against the lists (名称核对)."""

    name = forms.CharField(
        label="职业资格或证书名称",
        max_length=60,
        error_messages={"required": "请填写要核对的名称。", "max_length": "名称最多 60 个字，请精简。"},
    )
    field_order = ("name", "on", "place")


@require_safe
@public
@discloses("JL17-2a", "GD18-4b")
def index(request: GatedRequest) -> HttpResponse:
    """Show which lists there are, with their editions, as of a day (目录总览)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    national, own = lists.directory_on(on), _own_directory(on, place)
    query = f"?on={on.isoformat()}" + ("" if place == NATION else f"&place={place}")
    editions = [
        {
            "edition": one,
            "place": place_name(one.place),
            "period": words.period_words(one),
            "counts": [(COUNT_NAMES[name], count) for name, count in one.counts.items()],
            "certainty": words.CERTAINTIES[one.certainty],
            "is_current": one.place in {NATION, place} and one.period is not None and one.period.covers(on),
        }
        for one in lists.editions_on_record()
    ]
    return render(
        request,
        "public/catalogues.html",
        {
            "tabs": _tabs("public:catalogues"),
            "form": form,
            "figures": _figures(on, place, national, query),
            "editions": editions,
            "own": own.edition if own else None,
            "place": place_name(place),
            "is_nation": place == NATION,
            "on": on,
            "links": [(label, reverse(name) + query) for label, name in _TABS[1:]],
            "as_of": request.clock.now(),
        },
    )


def _own_directory(on: date, place: str) -> Directory | None:
    return None if place == NATION else lists.directory_on(on, place)


def _figures(on: date, place: str, national: Directory | None, query: str) -> list[Figure]:
    standing = (
        [] if national is None else [row for row in national.rows if row.standing_on(on) is Standing.ON]
    )
    items = lists.cancelled_items(place)
    return [
        Figure(
            label="国家目录在列",
            value=len(standing),
            unit="个名称",
            hint=national.edition.title if national else "该日没有已知的目录",
            url=reverse("public:catalogues-qualifications") + query,
        ),
        Figure(
            label="国务院公布取消",
            value=total(),
            unit="项",
            hint=f"另有 {total(published_only=False) - total()} 项待修订法律法规",
            url=reverse("public:catalogues-cancelled") + query,
        ),
        Figure(
            label="其中已收录名称",
            value=len([one for one in items if one.place == NATION]),
            unit="项",
            hint="完整清单由主管部门导入",
            url=reverse("public:catalogues-cancelled") + query,
        ),
        Figure(
            label="施行中的职业标准",
            value=lists.standards_on(on).count(),
            unit="项",
            url=reverse("public:catalogues-standards") + query,
        ),
    ]


@require_safe
@public
@discloses("JL17-2a", "JL17-2b")
def qualifications(request: GatedRequest) -> HttpResponse:
    """Show the directory of a place that counts on a day (职业资格目录)."""
    form = DirectoryForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    found = lists.directory_on(on, place)
    asked = getattr(form, "cleaned_data", {})
    rows = [] if found is None else [row for row in found.rows if row.standing_on(on) is not Standing.OFF]
    rows = [
        row
        for row in rows
        if asked.get("text", "") in f"{row.full_name} {row.department}"
        and asked.get("kind", "") in {"", row.kind.value}
        and asked.get("type", "") in {"", row.type.value}
    ]
    notes = _about(found, on, place)
    return _list_page(
        request,
        form,
        words.Sheet(
            title=f"职业资格目录（{place_name(place)}）",
            name="qualifications",
            rows=rows,
            write=words.qualification_rows,
            shown=("序号", "职业资格", "人员类别", "资格类别", "实施部门", "确定程度", "说明"),
        ),
        tab="public:catalogues-qualifications",
        subtitle=f"{short_day(on)}施行的版本。目录之外不得许可和认定职业资格；准入类之外不得与就业创业挂钩。",
        notes=notes,
        empty=EmptyState(
            title="没有可以显示的目录" if found is None else "没有符合条件的职业资格",
            text="该日、该地没有已公布的目录。可以改选日期，或查看全国的目录。"
            if found is None
            else "可以放宽筛选条件再查。",
        ),
    )


def _about(found: Directory | None, on: date, place: str) -> list[str]:
    if found is None:
        return []
    edition = found.edition
    held = counted(found.rows)
    number = edition.document_number or "文号未见"
    notes = [f"{edition.title}，{number}，{words.period_words(edition)}。{edition.note}"]
    if edition.counts:
        told = "；".join(
            f"{COUNT_NAMES[name]} {count} 项"
            + ("" if held[name] == count else f"（已归项收录 {held[name]} 项）")
            for name, count in edition.counts.items()
        )
        notes.append(f"公布：{told}。")
    doubtful = sum(row.standing_on(on) is Standing.UNKNOWN for row in found.rows)
    if doubtful:
        notes.append(f"其中 {doubtful} 个名称在该日是否仍在目录内未能核实，列出备查，不据以判断。")
    if place != NATION:
        clauses = binding_clauses(("JL17-2a",), place=place, on=on)
        notes += [f"依据 {'、'.join(clauses)}。"] if clauses else []
    return notes


@require_safe
@public
@discloses("JL17-2b")
def changes(request: GatedRequest) -> HttpResponse:
    """Show what changed between two editions (版本比较)."""
    form = ChangesForm(request.GET or None)
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    wanted = asked.get("change", "")
    old = _edition(asked.get("old") or "CN/2017")
    new = _edition(asked.get("new") or "CN/2021")
    form.fields["old"].initial, form.fields["new"].initial = "CN/2017", "CN/2021"
    found = lists.changes_between(old, new) if old and new else ()
    counts = {kind: sum(kind in change.kinds for change in found) for kind in CHANGE_NAMES if found}
    told = "，".join(f"{CHANGE_NAMES[kind]} {count}" for kind, count in counts.items() if count)
    return _list_page(
        request,
        form,
        words.Sheet(
            title="职业资格目录版本比较",
            name="changes",
            rows=[one for one in found if not wanted or wanted in {kind.value for kind in one.kinds}],
            write=words.change_rows,
            shown=("变化", "原名称", "原类别", "现名称", "现类别", "退出日"),
        ),
        tab="public:catalogues-changes",
        subtitle=f"{old.edition.title}与{new.edition.title}：{told or '没有差别'}。" if old and new else "",
        notes=["按名称逐个比较：分子项的按子项，更名的按新版注明的原名称。一个名称可以同时更名和调整类别。"],
        empty=EmptyState(title="两版没有差别", text="可以另选两个版本比较。"),
    )


def _edition(key: str) -> Directory | None:
    place, _, code = key.partition("/")
    return lists.directory(place, code)


@require_safe
@public
@discloses("JL17-1a", "JL17-A1", "JL17-A2")
def cancelled(request: GatedRequest) -> HttpResponse:
    """Show the batches of cancelled items and the items that are named (取消事项)."""
    form = CancelledForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    asked = getattr(form, "cleaned_data", {})
    items = lists.cancelled_items(place)
    rows = [
        row
        for row in items
        if asked.get("text", "") in row.name
        and asked.get("batch", "") in {"", row.batch}
        and (day := lists.cancelled_on(row)) is not None
        and day <= on
    ]
    named = Counter((row.place, row.batch) for row in items)
    shown = ["项目名称", "批次", "公布取消日", "原实施部门", "衔接项目", "确定程度"]
    if place != NATION:
        shown.insert(5, "跟踪督查部门")
    batches = [
        {
            "batch": one,
            "place": place_name(one.place),
            "named": named[one.place, one.code],
            "is_doubtful": one.day_certainty.value == "uncertain",
        }
        for one in lists.batches(place)
    ]
    return _list_page(
        request,
        form,
        words.Sheet(
            title="已取消的职业资格许可和认定事项",
            name="cancelled",
            rows=rows,
            write=lambda seen: words.cancelled_rows(
                seen, {} if place == NATION else lists.trackers(seen, place=place, on=on)
            ),
            shown=shown,
        ),
        tab="public:catalogues-cancelled",
        subtitle="已取消的不得以任何形式恢复，不得作为审批、开工、准入等事项的前置条件；取消前取得的证书继续作为能力水平的证明。",
        notes=[
            "名称只列出有公开出处的；完整清单由主管部门按批次导入后在此公布。",
            *_proof_note(place, on),
        ],
        empty=EmptyState(title="没有符合条件的取消事项", text="可以放宽筛选条件，或改选日期。"),
        batches=batches,
        published=sum(one.items for one in lists.batches(place) if one.is_published),
    )


_PROOF = ("JL17-4",)


def _proof_note(place: str, on: date) -> list[str]:
    """Return on what clause earlier certificates stay proof of ability, where one binds."""
    clauses = binding_clauses(_PROOF, place=place, on=on)
    return [f"取消前取得的证书继续作为能力水平的证明，依据 {'、'.join(clauses)}。"] if clauses else []


@require_safe
@public
@discloses("GD18-4b")
def implementing(request: GatedRequest) -> HttpResponse:
    """Show what is carried out at a place, by which department and body (实施清单)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    rows = lists.implementing_list(on, place)
    return _list_page(
        request,
        form,
        words.Sheet(
            title=f"职业资格实施清单（{place_name(place)}）",
            name="implementing",
            rows=rows,
            write=lambda seen: _with_responsible(seen, on=on, place=place),
            shown=("序号", "职业资格", "人员类别", "资格类别", "实施部门", "组织实施机构", "责任单位"),
        ),
        tab="public:catalogues-implementing",
        subtitle="各地、各部门实施的职业资格及其组织实施机构。",
        notes=[f"取自{rows[0].edition.title}（{place_name(rows[0].place)}）。"] if rows else [],
        empty=EmptyState(
            title="该地没有公布的实施清单",
            text="实施清单由省级主管部门登记并公布；全国目录只说明可以实施哪些职业资格，不说明各地由谁实施。",
            actions=(Action(label="查看全国目录", url=reverse("public:catalogues-qualifications")),),
        ),
    )


def _with_responsible(seen: Sequence[lists.ImplementedItem], *, on: date, place: str) -> list[words.Row]:
    """Add the body that took a qualification over, where one did (移交后的责任单位); GD18-3."""
    bodies = {plain_name(one.item): one.body for one in responsibilities_at(on, place)}
    qualifications = [row.qualification for row in seen]
    return [
        {**row, "责任单位": bodies.get(plain_name(one.full_name), "")}
        for one, row in zip(qualifications, words.qualification_rows(qualifications), strict=True)
    ]


@require_safe
@public
@discloses("GD18-2a")
def check(request: GatedRequest) -> HttpResponse:
    """Hold a name against the lists of a place and day (名称核对)."""
    form = CheckForm(request.GET if "name" in request.GET else None, on=request.clock.today())
    context: dict[str, Any] = {
        "tabs": _tabs("public:catalogues-check"),
        "form": form,
        "as_of": request.clock.now(),
        "crumbs": _crumbs("名称核对"),
    }
    if form.is_bound and form.is_valid():
        on, place = form.asked()
        found = lists.named_qualification(form.cleaned_data["name"], place=place, on=on)
        context |= {
            "found": found,
            "place": place_name(place),
            "on": on,
            "answers": _answers(found),
            "findings": _findings(found),
        }
    return render(request, "public/catalogue_check.html", context)


_STANDINGS = {Standing.ON: "在目录内", Standing.OFF: "不在目录内", Standing.UNKNOWN: "不能确定，请人工核对"}


def _answers(found: lists.NamedQualification) -> list[Definition]:
    national, own = found.national, found.provincial
    told = [Definition(term="国家职业资格目录", value=_standing(national), wide=True)]
    if found.place != NATION:
        told.append(Definition(term="本省目录清单", value=_standing(own, none="尚未公布"), wide=True))
    batches = {(one.place, one.code): one.title for one in lists.all_batches()}
    names = "、".join(
        f"{row.name}（{batches.get((row.place, row.batch), row.batch)}）" for row in found.cancelled
    )
    told.append(Definition(term="已公布取消", value=names or "没有同名的取消事项", wide=True))
    if found.cancelled:
        clauses = binding_clauses(_PROOF, place=found.place, on=found.on)
        value = "继续作为能力水平的证明，不作为准入凭证"
        told.append(Definition(term="取消前取得的证书", value=value, clause="、".join(clauses), wide=True))
    alike = "、".join(
        f"{one.item.name}（{one.item.batch}，相近度 {one.score:.0%}）" for one in found.likenesses
    )
    told.append(Definition(term="与取消事项相近", value=alike or "没有相近的取消事项", wide=True))
    return told


def _standing(answer: Any, *, none: str = "该日没有已知的目录") -> str:
    if answer is None:
        return none
    said = f"{_STANDINGS[answer.standing]}（{answer.edition.title}）"
    if answer.row is not None:
        return f"{said}：{answer.row.full_name}，{TYPE_NAMES[answer.row.type]}"
    near = "、".join(row.full_name for row in answer.near[:5])
    return f"{said}；相近的有：{near}" if near else said


def _findings(found: lists.NamedQualification) -> list[dict[str, object]]:
    """Return what the law of the place and of the nation says of the name."""
    told: list[dict[str, object]] = []
    for question in ("qualification_named", "qualification_named_national"):
        verdict = judge(question, found.facts, place=found.place, on=found.on)
        told += [
            {
                "title": finding.title,
                "outcome": finding.outcome.value,
                "message": finding.message,
                "clauses": [citation.clause for citation in finding.citations],
            }
            for finding in verdict.findings
        ]
    return told


@require_safe
@public
@discloses("LN24-2.2d")
def standards(request: GatedRequest) -> HttpResponse:
    """Show the occupational standards and norms in force on a day (职业标准)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, _ = form.asked()
    return _list_page(
        request,
        form,
        words.standards_sheet(on),
        tab="public:catalogues-standards",
        subtitle=f"{short_day(on)}施行中的国家职业标准和用人单位评价规范。",
        empty=EmptyState(title="没有施行中的职业标准", text="可以改选日期；标准由主管部门导入。"),
    )


@require_safe
@public
@discloses("FS20-O2")
def shortages(request: GatedRequest) -> HttpResponse:
    """Show the scarce occupations of a city on a day (急需紧缺职业)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    return _list_page(
        request,
        form,
        words.shortages_sheet(on, "" if place == NATION else place),
        tab="public:catalogues-shortages",
        subtitle="各市发布的急需紧缺职业；未收录目录的地方，涉及目录的条件判为“待核”。",
        empty=EmptyState(
            title="没有收录急需紧缺职业目录", text="目录由各市发布、由主管部门导入。可以改选地区或日期。"
        ),
    )


@require_safe
@public
@discloses("JL17-3b")
def equivalences(request: GatedRequest) -> HttpResponse:
    """Show what skill levels and school classes are held equal to (比照表)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    return _list_page(
        request,
        form,
        words.equivalences_sheet(on, place),
        tab="public:catalogues-equivalences",
        subtitle="技能等级、技工院校班次与相应职称、学历的比照。标明“待核实”的尚未见到文件原文，以文件为准。",
        empty=EmptyState(title="没有比照关系", text="可以改选地区或日期。"),
    )


@require_safe
@public
@discloses("JL17-3b")
def rates(request: GatedRequest) -> HttpResponse:
    """Show the fees and subsidies of a place on a day (收费与补贴标准)."""
    form = AsOfForm(request.GET or None, on=request.clock.today())
    on, place = form.asked()
    return _list_page(
        request,
        form,
        words.rates_sheet(on, place),
        tab="public:catalogues-rates",
        subtitle="按地区和日期查看。“金额未见”表示文件已知、标准未收录，不据以计算。",
        empty=EmptyState(
            title="该地没有收录收费或补贴标准", text="标准由主管部门导入。请先选择地区；标准只在本地有效。"
        ),
    )


def _list_page(
    request: GatedRequest,
    form: forms.Form,
    sheet: words.Sheet,
    *,
    tab: str,
    subtitle: str,
    empty: EmptyState,
    notes: Sequence[str] = (),
    **context: Any,
) -> HttpResponse:
    """Render a list with its filters, or hand it out for download."""
    wanted = request.GET.get("export", "")
    if wanted in _EXPORTS:
        return download(
            wanted,
            sheet.written(),
            title=sheet.title,
            name=f"catalogue-{sheet.name}",
            as_of=request.clock.now(),
        )
    page = page_of(request, sheet.rows, PER_PAGE)
    query = request.GET.copy()
    for name in ("export", "page"):
        query.pop(name, None)
    links = {
        kind: "?" + "&".join(part for part in (query.urlencode(), f"export={kind}") if part)
        for kind in _EXPORTS
    }
    table = Table(
        name=sheet.name,
        caption=sheet.title,
        columns=sheet.columns,
        rows=sheet.write(list(page.object_list)),
        page=page,
        total=page.paginator.count,
        export_url=links["xlsx"],
        filters=form,
        as_of=request.clock.now(),
        empty=empty,
    )
    return render(
        request,
        "public/catalogue.html",
        {
            **context,
            "title": sheet.title,
            "subtitle": subtitle,
            "notes": notes,
            "tabs": _tabs(tab),
            "table": table,
            "exports": (("CSV", links["csv"]), ("JSON 开放数据", links["json"])),
            "crumbs": _crumbs(sheet.title),
        },
    )


def _tabs(current: str) -> list[NavItem]:
    return [NavItem(label=label, url=reverse(name), current=name == current) for label, name in _TABS]


def _crumbs(title: str) -> tuple[Crumb, ...]:
    return (Crumb(label="目录公开", url=reverse("public:catalogues")), Crumb(label=title))
