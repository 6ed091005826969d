"""Ability projects for everybody (考核项目公开), WH21-1: the directory of any day, each project whole."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference import project_queries as queries
from zhiping.apps.reference.models import AbilityProject, ProjectVersion
from zhiping.apps.reference.queries import binding_clauses
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.labels import place_name
from zhiping.portals.public.forms import day_field
from zhiping.portals.public.lists import download, page_of, place_choices
from zhiping.ui.formatting import short_day
from zhiping.ui.shapes import Column, Crumb, Definition, EmptyState, Table

PER_PAGE = 30
_EXPORTS = ("xlsx", "csv", "json")
_TITLE = "专项职业能力考核项目目录"

type Row = dict[str, object]


class ProjectsForm(forms.Form):
    """Which projects, on which day (查看日期、地区、名称)."""

    on = day_field("查看日期")
    place = forms.ChoiceField(label="使用地区", required=False)
    text = forms.CharField(label="项目名称或职业领域", required=False, max_length=60)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        """Offer the places with a directory; an empty day is the day of the page."""
        super().__init__(*args, **kwargs)
        self._today = on
        if self.is_bound and not self.data.get("on"):
            self.data = {**dict(self.data.items()), "on": on.isoformat()}
        choices = place_choices(list(queries.places_with_projects()), on=on)
        self.fields["place"] = forms.ChoiceField(label="使用地区", required=False, choices=choices)
        self.fields["on"].initial = on

    def asked(self) -> tuple[date, str, str]:
        """Return day, place and text; what was not understood is today, everywhere, anything."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return found.get("on") or self._today, found.get("place") or "", found.get("text") or ""


@require_safe
@public
@discloses("WH21-1")
def projects(request: GatedRequest) -> HttpResponse:
    """Show the directory of projects on a day (考核项目目录); as a workbook, CSV or open data too."""
    form = ProjectsForm(request.GET or None, on=request.clock.today())
    on, place, text = form.asked()
    versions = queries.directory_of_projects(on, place, text)
    wanted = request.GET.get("export", "")
    if wanted in _EXPORTS:
        return download(
            wanted,
            [_row(one) for one in versions],
            title=f"{_TITLE}（{on.isoformat()}）",
            name="ability-projects",
            as_of=request.clock.now(),
        )
    page = page_of(request, versions, PER_PAGE)
    rows = [{**_row(one), "key": one.project_id} for one in page.object_list]
    links = export_links(request)
    table = Table(
        name="projects",
        caption=_TITLE,
        columns=[
            Column(key="项目名称", label="项目名称"),
            Column(key="使用地区", label="使用地区"),
            Column(key="职业领域", label="职业领域"),
            Column(key="版次", label="版次"),
            Column(key="施行日", label="施行日", kind="date"),
            Column(key="部备案编号", label="部备案编号"),
        ],
        rows=rows,
        row_url=lambda row: f"{reverse('public:ability-project', args=[row['key']])}?on={on.isoformat()}",
        page=page,
        total=page.paginator.count,
        export_url=links["xlsx"],
        filters=form,
        as_of=request.clock.now(),
        empty=EmptyState(
            title="没有符合条件的考核项目",
            text="该日、该地没有已公布的项目。可以改选日期或地区；项目由各市公布。",
        ),
    )
    return render(
        request,
        "public/projects.html",
        {
            "title": _TITLE,
            "subtitle": f"{short_day(on)}在目录内的项目。点击项目名称查看考核规范和历次版本。",
            "table": table,
            "exports": (("CSV", links["csv"]), ("JSON 开放数据", links["json"])),
            "clauses": binding_clauses(("WH21-1",), place=place, on=on) if place else (),
            "crumbs": _crumbs((_TITLE, "")),
        },
    )


def export_links(request: GatedRequest) -> dict[str, str]:
    """Return the addresses of the downloads of the page as it is filtered."""
    query = request.GET.copy()
    for name in ("export", "page"):
        query.pop(name, None)
    return {
        kind: "?" + "&".join(part for part in (query.urlencode(), f"export={kind}") if part)
        for kind in _EXPORTS
    }


def _row(one: ProjectVersion) -> Row:
    return {
        "项目名称": one.project.name,
        "使用地区": place_name(one.project.place),
        "省份": place_name(one.project.province),
        "职业领域": one.project.field,
        "版次": f"第 {one.number} 版",
        "施行日": one.valid_from,
        "截止日（不含）": one.valid_to or "",
        "编写单位": one.specification.unit,
        "部备案编号": one.specification.filing_number,
        "部备案日期": one.specification.filed_on or "",
    }


class DayForm(forms.Form):
    """Which day to read a project for."""

    on = day_field("查看日期")


@require_safe
@public
@discloses("WH21-1")
def project(request: GatedRequest, project_id: int) -> HttpResponse:
    """Show a project with its versions and the text of the specification of a day (考核项目)."""
    one = queries.project(project_id)
    if one is None:
        raise Http404
    form = DayForm(request.GET or None)
    today = request.clock.today()
    on = (form.cleaned_data.get("on") if form.is_valid() else None) or today
    if not form.is_bound:
        form.fields["on"].initial = on
    shown = queries.version_on(one, on)
    if request.GET.get("export") == "json":
        return download(
            "json",
            [_whole(version) for version in one.versions.all()],
            title=one.name,
            name=f"ability-project-{one.pk}",
            as_of=request.clock.now(),
        )
    return render(
        request,
        "public/project.html",
        {
            "title": one.name,
            "facts": _facts(one, shown),
            "form": form,
            "on": on,
            "today": today,
            "version": shown,
            "sections": [] if shown is None else _sections(shown),
            "weights": [] if shown is None else shown.specification.weights,
            "argument": None if shown is None else queries.passed_argument(shown.specification),
            "versions": one.versions.all(),
            "clauses": binding_clauses(("WH21-1", "WH21-4"), place=one.place, on=on),
            "as_of": request.clock.now(),
            "crumbs": _crumbs((_TITLE, reverse("public:ability-projects")), (one.name, "")),
        },
    )


def _facts(one: AbilityProject, shown: ProjectVersion | None) -> list[Definition]:
    facts = [
        Definition(term="使用地区", value=one.place, kind="place"),
        Definition(term="职业领域", value=one.field),
        Definition(term="所选日期", value=f"第 {shown.number} 版在目录内" if shown else "不在目录内"),
    ]
    if shown is not None:
        facts += [
            Definition(term="施行日", value=shown.valid_from, kind="date"),
            Definition(term="编写单位", value=shown.specification.unit),
            Definition(term="部备案编号", value=shown.specification.filing_number),
            Definition(term="部备案日期", value=shown.specification.filed_on, kind="date"),
        ]
    return facts


def _sections(version: ProjectVersion) -> Sequence[queries.Section]:
    needed = queries.requirements(version.project.place, on=version.valid_from)
    return [one for one in queries.sections_to_show(version.specification, needed) if one.text]


def _whole(version: ProjectVersion) -> Row:
    """Return a version with its text, for machines; no names of people."""
    labels = queries.section_labels()
    return {
        **_row(version),
        "退出原因": version.ended_reason,
        "各部分": {labels.get(code, code): text for code, text in version.specification.sections.items()},
        "考核比重": [
            {"工作任务": row["task"], "比重（%）": row["percent"]} for row in version.specification.weights
        ],
    }


def _crumbs(*steps: tuple[str, str]) -> tuple[Crumb, ...]:
    first = Crumb(label="目录公开", url=reverse("public:catalogues"))
    return (first, *(Crumb(label=label, url=url) for label, url in steps))
