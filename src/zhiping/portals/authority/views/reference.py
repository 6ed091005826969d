"""Dated lists and the working-day calendar."""

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
    workday_overrides,
)
from zhiping.kernel.workdays import CalendarUnknownError
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.occupations import name_of
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    page,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import reference_tabs, upload_button
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui.shapes import Column, EmptyState

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
