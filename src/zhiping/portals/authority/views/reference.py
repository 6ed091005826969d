"""Dated lists and the working-day calendar; the law as it is on record."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference.actions import set_provisional_year, set_workday, withdraw_workday
from zhiping.apps.reference.queries import (
    all_access_qualifications,
    all_shortages,
    all_standards,
    calendar,
    law,
    workday_overrides,
)
from zhiping.core.policybook import ParameterValue, Rule
from zhiping.core.policybook.verdict import shown_value, with_unit
from zhiping.kernel.place import Place
from zhiping.kernel.workdays import CalendarUnknownError
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.occupations import name_of
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    home_place,
    link,
    list_page,
    offer,
    page,
    place_choices,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import reference_tabs, upload_button
from zhiping.portals.authority.verdicts import DAYS
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Column, Definition, EmptyState, NavItem

MAINTAIN = "reference.maintain"


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OccupationFilters(Filters):
    """What of a list to show."""

    text = forms.CharField(label="名称或职业编码")


def _titled(name: str) -> Any:
    """Return what writes the occupation's name beside its code."""

    def prepare(rows: Iterable[Any]) -> None:
        for row in rows:
            setattr(row, name, name_of(row.occupation_code))

    return prepare


_EMPTY = EmptyState(title="没有符合条件的条目", text="可以放宽筛选条件再查。")
_PERIOD = (
    Column(key="valid_from", label="施行日", kind="date", sortable=True),
    Column(key="valid_to", label="截止日（不含）", kind="date", sortable=True),
    Column(key="get_certainty_display", label="确定程度"),
    Column(key="source", label="来源"),
)


@officer("")
def standards(request: GatedRequest) -> HttpResponse:
    """List the occupational standards and norms (职业标准)."""
    filters = OccupationFilters(request.GET)
    rows = all_standards()
    if text := filters.value("text"):
        rows = rows.filter(Q(title__icontains=text) | Q(occupation_code__startswith=text))
    listing = Listing(
        name="standards",
        caption="职业标准",
        columns=(
            Column(key="title", label="名称", sortable=True),
            Column(key="occupation_code", label="职业编码", kind="code", sortable=True),
            Column(key="occupation", label="职业"),
            Column(key="get_kind_display", label="类别"),
            Column(key="get_generation_display", label="编制规程"),
            Column(key="levels", label="涵盖等级"),
            *_PERIOD,
        ),
        fields={"occupation": "occupation_code"},
        sort="occupation_code",
        prepare=_titled("occupation"),
        empty=_EMPTY,
    )
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title="目录与日历",
        tabs=reference_tabs("standards"),
        actions=upload_button(request.actor, "standards", "导入职业标准"),
    )


@officer("")
def shortages(request: GatedRequest) -> HttpResponse:
    """List the scarce occupations of the cities (急需紧缺职业)."""
    filters = OccupationFilters(request.GET)
    rows = all_shortages()
    if text := filters.value("text"):
        rows = rows.filter(occupation_code__startswith=text)
    listing = Listing(
        name="shortages",
        caption="急需紧缺职业目录",
        columns=(
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="occupation_code", label="职业编码", kind="code", sortable=True),
            Column(key="occupation", label="职业"),
            *_PERIOD,
        ),
        fields={"occupation": "occupation_code"},
        sort="place",
        prepare=_titled("occupation"),
        empty=EmptyState(
            title="没有急需紧缺职业目录",
            text="当地目录尚未收录时，涉及目录的条件判为“待核”，不会当作符合或不符合。",
        ),
    )
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title="目录与日历",
        tabs=reference_tabs("shortages"),
        actions=upload_button(request.actor, "shortages", "导入目录"),
    )


@officer("")
def access(request: GatedRequest) -> HttpResponse:
    """List the access-type qualifications (准入类职业资格)."""
    filters = OccupationFilters(request.GET)
    rows = all_access_qualifications()
    if text := filters.value("text"):
        rows = rows.filter(Q(title__icontains=text) | Q(occupation_code__startswith=text))
    listing = Listing(
        name="access",
        caption="准入类职业资格",
        columns=(
            Column(key="title", label="职业资格名称", sortable=True),
            Column(key="occupation_code", label="职业编码", kind="code", sortable=True),
            Column(key="occupation", label="职业"),
            *_PERIOD,
        ),
        fields={"occupation": "occupation_code"},
        sort="occupation_code",
        prepare=_titled("occupation"),
        empty=_EMPTY,
    )
    return list_page(
        request, listing, rows, filters=filters, title="目录与日历", tabs=reference_tabs("access")
    )


# --- the calendar --------------------------------------------------------------------------------


class OverrideForm(forms.Form):
    """One day of the calendar."""

    day = forms.DateField(label="日期", widget=_date_input())
    is_workday = forms.ChoiceField(
        label="当日", choices=(("yes", "工作日"), ("no", "休息日")), widget=forms.RadioSelect
    )
    note = forms.CharField(label="依据", max_length=120, help_text="如放假通知的文号。")


class YearForm(forms.Form):
    """A whole year whose holiday notice has not appeared."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    note = forms.CharField(
        label="依据",
        max_length=120,
        initial="放假通知发布前按周末预置，以通知为准",
        help_text="周一至周五按工作日、周末按休息日登记；通知发布后逐日更正。",
    )


@officer("")
def workdays(request: GatedRequest) -> HttpResponse:
    """Show the working-day calendar of a year with the overrides (工作日历)."""
    today = request.clock.today()
    year = int(request.GET["year"]) if request.GET.get("year", "").isdigit() else today.year
    year = min(max(year, 2000), 2100)
    book = calendar()
    first, last = book.published_years
    entered = {row.day: row for row in workday_overrides().filter(day__year=year)}
    base = reverse("authority:reference-calendar")
    maintains = request.actor.may_anywhere(MAINTAIN)
    return page(
        request,
        "calendar",
        {
            "title": "目录与日历",
            "crumbs": crumbs(("目录与日历", reverse("authority:reference-standards")), ("工作日历", "")),
            "tabs": reference_tabs("calendar"),
            "year": year,
            "published": f"{first}–{last}",
            "is_published": first <= year <= last,
            "months": [_month(year, month, book, entered) for month in range(1, 13)],
            "overrides": sorted(entered.values(), key=lambda row: row.day),
            "maintains": maintains,
            "actions": [
                link("调整一日", reverse("authority:reference-workday")),
                link("预置全年", reverse("authority:reference-year")),
            ]
            if maintains
            else [],
            "previous": f"{base}?year={year - 1}",
            "next": f"{base}?year={year + 1}",
            "as_of": request.clock.now(),
        },
    )


def _month(year: int, month: int, book: Any, entered: Mapping[dt.date, Any]) -> dict[str, Any]:
    """Return one month as weeks of days: number, whether worked (None: unknown), whether entered by hand."""
    import calendar as months  # noqa: PLC0415 (the module's name is the query's)

    weeks = [
        [_day(day, book, entered) if day.month == month else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    known = [day for week in weeks for day in week if day is not None]
    return {
        "name": f"{month}月",
        "weeks": weeks,
        "workdays": sum(day["kind"] == "work" for day in known),
        "is_known": all(day["kind"] != "unknown" for day in known),
    }


def _day(day: dt.date, book: Any, entered: Mapping[dt.date, Any]) -> dict[str, Any]:
    try:
        kind = "work" if book.is_workday(day) else "rest"
    except CalendarUnknownError:
        kind = "unknown"
    words = {"work": "工作日", "rest": "休息日", "unknown": "未知"}[kind]
    return {"number": day.day, "kind": kind, "word": words, "entered": day in entered}


@officer(MAINTAIN)
def set_day(request: GatedRequest) -> HttpResponse:
    """Say of one day whether it is worked (调整工作日)."""
    form = OverrideForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: set_workday(
                data["day"],
                is_workday=data["is_workday"] == "yes",
                note=data["note"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if done:
            succeeded(request, f"{done.day} 已登记为{'工作日' if done.is_workday else '休息日'}。")
            return redirect(f"{reverse('authority:reference-calendar')}?year={done.day.year}")
    return _calendar_form(
        request, form, title="调整一日", text="调整优先于已收录的放假安排，对全平台期限计算生效。"
    )


@officer(MAINTAIN)
def set_year(request: GatedRequest) -> HttpResponse:
    """Enter a year's weekends provisionally (预置全年)."""
    form = YearForm(posted(request), initial={"year": calendar().published_years[1] + 1})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: set_provisional_year(
                data["year"], note=data["note"], actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"{data['year']} 年已按周末预置 {done} 天；放假通知发布后请逐日更正。")
            return redirect(f"{reverse('authority:reference-calendar')}?year={data['year']}")
    return _calendar_form(
        request, form, title="预置全年", text="放假通知未发布的年度，期限无法计算；预置后先按周末计算。"
    )


@officer(MAINTAIN)
def withdraw_day(request: GatedRequest, pk: int) -> HttpResponse:
    """Take an override back (撤销工作日调整)."""
    row = workday_overrides().filter(pk=pk).first()
    if row is None:
        raise Http404
    form = forms.Form(posted(request))
    if request.method == "POST":
        form.full_clean()
        day = attempt(form, lambda: withdraw_workday(pk, actor=request.actor, clock=request.clock))
        if day:
            succeeded(request, f"{day} 的调整已撤销。")
            return redirect(f"{reverse('authority:reference-calendar')}?year={day.year}")
    return page(
        request,
        "confirm",
        {
            "title": f"撤销 {row.day} 的工作日调整",
            "text": f"当前登记为{'工作日' if row.is_workday else '休息日'}，依据：{row.note}",
            "crumbs": crumbs(("工作日历", reverse("authority:reference-calendar")), ("撤销调整", "")),
            "consequences": ["恢复按已收录的放假安排计算；未收录的年度恢复为“未知”。"],
            "form": form,
            "submit": "确认撤销",
            "danger": False,
            "duty": DUTIES[MAINTAIN],
            "cancel_url": f"{reverse('authority:reference-calendar')}?year={row.day.year}",
        },
    )


def _calendar_form(request: GatedRequest, form: forms.Form, *, title: str, text: str) -> HttpResponse:
    back = reverse("authority:reference-calendar")
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": text,
            "crumbs": crumbs(("工作日历", back), (title, "")),
            "form": form,
            "submit": "保存",
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )


# --- the law -------------------------------------------------------------------------------------

_OUTCOMES = {"refuse": "不符合则不予通过", "warn": "不符合则警示", "note": "不符合则提示"}
_STATUSES = {"drafted": "草拟，不参与判定", "reviewed": "已复核", "retired": "已停用"}
_QUESTIONS = {
    "employer_filing": "用人单位备案条件",
    "social_body_filing": "社会培训评价组织备案条件",
    "school_filing": "技工院校备案条件",
    "scope_line": "申报职业条件",
    "plan": "考前报备条件",
    "candidate": "考生条件",
    "entry_condition": "申报等级条件",
    "certificate": "发证条件",
    "result": "成绩合格条件",
    "sitting_arrangement": "考场组织条件",
    "entry_proof": "申报材料条件",
    "result_upload": "成绩上传条件",
    "yearly_assessment": "年度评估条件",
    "certificate_text": "证书文字条件",
    "certificate_text_national": "证书文字条件（全国）",
    "advertisement_national": "招生宣传条件（全国）",
    "qualification_named": "职业资格使用条件",
    "qualification_named_national": "职业资格使用条件（全国）",
    "qualification_basis": "职业资格设置依据",
    "local_item": "地方设置职业资格条件",
    "item_tracking": "取消项目的跟踪部门",
    "precondition": "以职业资格作前置条件",
    "cancelled_aftermath": "取消后的善后要求",
    "evaluation_type": "评价类型条件",
    "training_separation": "培训与考核关系要求",
    "supervising_office": "监管部门",
    "idle_filing": "不活动备案的处理",
    "refiling": "再次备案条件",
    "exam_site_filing": "专项能力考点条件",
    "ability_applicant": "专项能力报名条件",
    "ability_plan": "专项能力考核安排条件",
    "ability_specification": "专项能力考核规范要求",
    "ability_project_listing": "专项能力项目列入条件",
    "ability_certificate": "专项能力发证条件",
    "claim": "补贴支付条件",
    "talent_statistics": "人才统计条件",
    "sanctions": "违规处理要求",
    "annual_register": "年度登记表要求",
    "report_deadline": "报送期限",
    "sweep": "全面筛查要求",
}


def _lawreference_tabs(current: str) -> list[NavItem]:
    names = (
        ("文件与条款", "authority:law-documents"),
        ("参数", "authority:law-parameters"),
        ("规则", "authority:law-rules"),
    )
    return [NavItem(label=label, url=reverse(name), current=name.endswith(current)) for label, name in names]


class LawFilters(Filters):
    """For which place and day to read the law."""

    place = forms.ChoiceField(label="适用地区")
    on = forms.DateField(label="适用日期", widget=_date_input())
    text = forms.CharField(label="名称或编号")


def _law_filters(request: GatedRequest) -> tuple[LawFilters, Place, dt.date, str]:
    filters = LawFilters(request.GET)
    choices: dict[str, str] = {}
    for duty in sorted({one.name for one in request.actor.duties}):
        choices.update(dict(place_choices(request.actor, duty, request.clock)))
    choices.pop("", None)
    home = home_place(request.actor)
    offer(filters, "place", [("", f"{labels.place(home)}（本部门）"), *choices.items()])
    place = filters.value("place") or home
    on = filters.cleaned_data.get("on") or request.clock.today()
    return filters, Place(place), on, filters.value("text")


@officer("")
def documents(request: GatedRequest) -> HttpResponse:
    """List the documents on record (政策文件)."""
    book = law()
    rows = [
        {
            "document": one,
            "place": labels.place(one.place.code),
            "state": _in_force(one, request.clock.today()),
            "url": reverse("authority:law-document", args=[one.id]),
        }
        for one in sorted(book.documents.values(), key=lambda one: (one.place.code, one.issued), reverse=True)
    ]
    return page(
        request,
        "law_documents",
        {
            "title": "政策规则",
            "crumbs": crumbs(("政策规则", "")),
            "tabs": _lawreference_tabs("documents"),
            "documents": rows,
            "as_of": request.clock.now(),
        },
    )


def _in_force(one: Any, today: dt.date) -> str:
    if one.in_force.covers(today):
        return "施行中"
    return "尚未施行" if today < one.in_force.start else "已失效"


@officer("")
def law_document(request: GatedRequest, key: str) -> HttpResponse:
    """Show one document with its clauses and the rules that stand on each (条款)."""
    book = law()
    found = book.documents.get(key)
    if found is None:
        raise Http404
    standing: dict[str, list[Rule]] = {}
    for rule in book.rules.values():
        for clause in rule.clauses:
            standing.setdefault(clause, []).append(rule)
    screens: dict[str, list[str]] = {}
    for screen in book.screens.values():
        for clause in screen.clauses:
            screens.setdefault(clause, []).append(f"{screen.id} {screen.title}")
    return page(
        request,
        "law_document",
        {
            "title": found.title,
            "subtitle": found.number or "",
            "crumbs": crumbs(("政策规则", reverse("authority:law-documents")), (found.id, "")),
            "items": [
                Definition(term="文号", value=found.number),
                Definition(term="发文机关", value="、".join(found.issuers)),
                Definition(term="适用地区", value=found.place.code, kind="place"),
                Definition(term="发文日期", value=found.issued, kind="date"),
                Definition(term="施行日", value=found.in_force.start, kind="date"),
                Definition(term="失效日（不含）", value=found.in_force.end, kind="date"),
                Definition(term="当前", value=_in_force(found, request.clock.today())),
                Definition(term="说明", value=found.note, wide=True),
            ],
            "clauses": [
                {"clause": one, "rules": standing.get(one.id, ()), "screens": screens.get(one.id, ())}
                for one in found.clauses
            ],
        },
    )


@officer("")
def parameters(request: GatedRequest) -> HttpResponse:
    """List the parameters in force at a place of the officer's on a day (参数)."""
    filters, place, on, text = _law_filters(request)
    book = law()
    rows = []
    for one in sorted(book.parameters.values(), key=lambda one: one.label):
        if text and text not in one.label and text not in one.id:
            continue
        value = book.resolve(one.id, place=place, on=on)
        rows.append(
            {
                "label": one.label,
                "value": _value(value, one.unit) if value else "",
                "found": value,
                "certainty": _certainty(value),
                "from": labels.place(value.place.code) if value else "",
                "url": reverse("authority:law-document", args=[book.clauses[value.clause].document])
                if value
                else "",
            }
        )
    return page(
        request,
        "law_parameters",
        {
            "title": "政策规则",
            "subtitle": f"{labels.place(place.code)}，{on.year}年{on.month}月{on.day}日施行的取值",
            "crumbs": crumbs(("政策规则", reverse("authority:law-documents")), ("参数", "")),
            "tabs": _lawreference_tabs("parameters"),
            "filters": filters,
            "parameters": rows,
            "as_of": request.clock.now(),
        },
    )


def _value(found: ParameterValue, unit: str) -> str:
    if isinstance(found.value, str | tuple | list):
        return shown_value(found.value, None)
    return with_unit(found.value, unit)


def _certainty(found: ParameterValue | None) -> str:
    if found is None:
        return ""
    return {"stated": "有明文", "uncertain": "待核实"}.get(found.certainty, "待核实")


@officer("")
def rules(request: GatedRequest) -> HttpResponse:
    """List the rules that judge at a place of the officer's on a day (规则)."""
    filters, place, on, text = _law_filters(request)
    book = law()
    groups = []
    for question in book.questions:
        found = [
            {
                "rule": one,
                "outcome": _OUTCOMES.get(one.outcome.value, ""),
                "url": reverse("authority:law-rule", args=[one.id]),
            }
            for one in book.rules_in_force(question, place=place, on=on)
            if not text or text in one.title or text.upper() in one.id
        ]
        if found or not text:
            groups.append({"question": _QUESTIONS.get(question, "其他条件"), "rules": found})
    return page(
        request,
        "law_rules",
        {
            "title": "政策规则",
            "subtitle": f"{labels.place(place.code)}，{on.year}年{on.month}月{on.day}日参与判定的规则",
            "crumbs": crumbs(("政策规则", reverse("authority:law-documents")), ("规则", "")),
            "tabs": _lawreference_tabs("rules"),
            "filters": filters,
            "groups": groups,
            "as_of": request.clock.now(),
        },
    )


@officer("")
def rule(request: GatedRequest, key: str) -> HttpResponse:
    """Show one rule: where, when, on which clauses, with its edge cases (规则详情)."""
    book = law()
    found = book.rules.get(key)
    if found is None:
        raise Http404
    return page(
        request,
        "law_rule",
        {
            "title": found.title,
            "subtitle": found.id,
            "crumbs": crumbs(
                ("政策规则", reverse("authority:law-documents")),
                ("规则", reverse("authority:law-rules")),
                (found.id, ""),
            ),
            "items": [
                Definition(term="用于", value=_QUESTIONS.get(found.asks_of, "其他条件")),
                Definition(term="依哪一日判定", value=DAYS.get(found.decides_on, "")),
                Definition(term="适用地区", value="、".join(labels.place(one.code) for one in found.where)),
                Definition(term="施行日", value=found.period.start, kind="date"),
                Definition(term="失效日（不含）", value=found.period.end, kind="date"),
                Definition(term="不符合时", value=_OUTCOMES.get(found.outcome.value, "")),
                Definition(
                    term="可否说明理由豁免", value="可以（原则上）" if found.may_be_waived else "不可以"
                ),
                Definition(term="复核情况", value=_STATUSES.get(found.status.value, "")),
                Definition(term="复核日期", value=found.reviewed_on, kind="date"),
                Definition(term="说明", value=found.note, wide=True),
            ],
            "clauses": [
                {
                    "clause": book.clauses[one],
                    "document": book.documents[book.clauses[one].document],
                    "url": reverse("authority:law-document", args=[book.clauses[one].document]),
                }
                for one in found.clauses
            ],
            "cases": [
                {
                    "name": one.name,
                    "place": labels.place(one.place.code),
                    "day": one.day,
                    "expect": one.expect.value,
                }
                for one in found.cases
            ],
        },
    )
