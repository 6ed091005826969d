"""Editions of qualification directories at the desk (职业资格目录): open, fill, publish."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.actions.directories import EditionDetails, ItemDetails
from zhiping.apps.reference.models import DirectoryEdition, DirectoryItem
from zhiping.apps.reference.models.lists import CERTAINTIES as CERTAINTY_CHOICES
from zhiping.core.catalogues.qualifications import Edition, counted
from zhiping.kernel.place import NATION
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    offer,
    page,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import MAINTAIN
from zhiping.portals.authority.views.catalogues.shared import (
    day_field,
    form_page,
    own_edition,
    own_places,
    sheet_page,
)
from zhiping.portals.catalogue_words import CERTAINTIES, Row, Sheet
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Column, EmptyState

if TYPE_CHECKING:
    import datetime as dt


class EditionForm(forms.Form):
    """A new edition of a directory."""

    place = forms.ChoiceField(label="地区")
    code = forms.CharField(label="版本", max_length=20, help_text="如 2026。同一地区不能重复。")
    title = forms.CharField(label="名称", max_length=120)
    document_number = forms.CharField(label="文号", max_length=60)
    valid_from = day_field("施行日")
    is_whole = forms.BooleanField(
        label="名录完整",
        required=False,
        help_text="勾选后，名录里没有的一律判为不在目录内；只收录一部分的不要勾选。",
    )
    items_stated = forms.IntegerField(
        label="公布项数",
        required=False,
        min_value=1,
        help_text="文件写明的总项数，公布前与实际收录的项数核对。",
    )
    certainty = forms.ChoiceField(label="确定程度", choices=CERTAINTY_CHOICES)
    source = forms.CharField(label="来源", max_length=200)


class ItemForm(forms.Form):
    """One item of an edition."""

    item = forms.CharField(label="职业资格名称", max_length=120)
    sub_item = forms.CharField(label="具体项目", max_length=120, required=False)
    number = forms.IntegerField(label="序号", required=False, min_value=1)
    kind = forms.ChoiceField(label="人员类别", choices=DirectoryItem.Kind.choices)
    type = forms.ChoiceField(label="资格类别", choices=DirectoryItem.Type.choices)
    department = forms.CharField(label="实施部门（单位）", max_length=200, required=False)
    body = forms.CharField(label="组织实施机构", max_length=200, required=False)
    formerly = forms.CharField(label="原名称", max_length=120, required=False)
    certainty = forms.ChoiceField(label="确定程度", choices=CERTAINTY_CHOICES)
    source = forms.CharField(label="来源", max_length=200)


class EditionFilters(Filters):
    """Which editions to show."""

    text = forms.CharField(label="名称或文号")


@officer("")
def editions(request: GatedRequest) -> HttpResponse:
    """List the editions of the directories: those delivered and those kept here (职业资格目录)."""
    filters = EditionFilters(request.GET)
    text = filters.value("text")
    kept = list(lists.own_editions(request.actor))
    own = {(one.place, one.code) for one in kept}
    known: list[Edition | DirectoryEdition] = [
        *(one for one in lists.editions_on_record() if (one.place, one.code) not in own),
        *kept,
    ]
    held = lists.rows_held()
    may = request.actor.may_anywhere(MAINTAIN)
    return sheet_page(
        request,
        Sheet(
            title="职业资格目录版本",
            name="editions",
            rows=[one for one in known if text in f"{one.title}{one.document_number}"],
            write=lambda shown: [_line(one, held) for one in shown],
            shown=(
                "名称", "地区", "文号", "施行日", "截止日（不含）", "公布项数", "收录名称", "状态",
                "确定程度",
            ),
        ),
        filters=filters,
        tab="editions",
        empty=EmptyState(title="没有符合条件的版本", text="可以清除筛选条件，或新建一版。"),
        actions=[link("新建版本", reverse("authority:reference-edition-new"), "primary")] if may else [],
        subtitle="随平台收录的国家目录，以及各省整理、公布的目录清单。整理中的版本不参与判定。",
        address=_address,
    )  # fmt: skip


def _line(one: Edition | DirectoryEdition, held: Mapping[tuple[str, str], int]) -> Row:
    """Return what a list says of an edition that the officer keeps, or of one on record."""
    start: dt.date | None
    if isinstance(one, DirectoryEdition):
        start, end, stated = one.valid_from, one.valid_to, one.items_stated
        rows: int = one.rows_held  # type: ignore[attr-defined]  # annotated by the query
        state, certainty = one.get_state_display(), one.get_certainty_display()
    else:
        start = one.period.start if one.period else None
        end = one.period.end if one.period else None
        stated, rows = one.counts.get("items"), held.get((one.place, one.code), 0)
        state, certainty = "已公布", CERTAINTIES[one.certainty]
    return {
        "名称": one.title,
        "地区": labels.place(one.place),
        "文号": one.document_number or "未见",
        "施行日": start,
        "截止日（不含）": end,
        "公布项数": stated,
        "收录名称": rows,
        "状态": state,
        "确定程度": certainty,
    }


def _address(one: Edition | DirectoryEdition) -> str:
    if isinstance(one, DirectoryEdition):
        return reverse("authority:reference-edition", args=[one.pk])
    if one.period is None:
        return ""
    asked = {"on": one.period.start.isoformat()} | ({} if one.place == NATION else {"place": one.place})
    return f"{reverse('public:catalogues-qualifications')}?{urlencode(asked)}"


@officer(MAINTAIN)
def new_edition(request: GatedRequest) -> HttpResponse:
    """Open an edition (新建目录版本)."""
    form = EditionForm(posted(request))
    offer(form, "place", own_places(request, "nation", "province"))
    if request.method == "POST" and form.is_valid():
        details = EditionDetails(**form.cleaned_data)
        done = attempt(form, lambda: actions.open_edition(details, actor=request.actor, clock=request.clock))
        if done is not None:
            succeeded(request, f"“{done.title}”已新建，请登记或导入各项后公布。")
            return redirect("authority:reference-edition", done.pk)
    return form_page(
        request,
        form,
        title="新建目录版本",
        text="新版本在公布之前不参与判定；公布后自施行日起生效，上一版同日终止。",
        submit="新建",
        back=reverse("authority:reference-editions"),
    )


@officer(MAINTAIN)
def edition(request: GatedRequest, pk: int) -> HttpResponse:
    """Show an edition with its rows (目录版本)."""
    one = own_edition(request, pk)
    listing = Listing(
        name="items",
        caption="各项职业资格",
        columns=(
            Column(key="number", label="序号", kind="number", sortable=True),
            Column(key="item", label="职业资格名称", sortable=True),
            Column(key="sub_item", label="具体项目"),
            Column(key="get_kind_display", label="人员类别"),
            Column(key="get_type_display", label="资格类别"),
            Column(key="department", label="实施部门"),
            Column(key="body", label="组织实施机构"),
            Column(key="get_certainty_display", label="确定程度"),
        ),
        sort="number",
        empty=EmptyState(title="还没有登记", text="可以逐项登记，或下载模板填好后导入。"),
    )
    is_open = one.state == DirectoryEdition.State.DRAFTED
    held = counted(lists.entered_directory(one).rows)["items"]
    upload = (
        f"{reverse('authority:reference-import-new')}?{urlencode({'kind': 'directory', 'edition': one.pk})}"
    )
    stated = f"，公布 {one.items_stated} 项" if one.items_stated else ""
    return list_page(
        request,
        listing,
        lists.rows_of(one.pk),
        title=one.title,
        subtitle=f"{labels.place(one.place)}，{one.document_number}，{one.get_state_display()}；"
        f"已收录 {held} 项{stated}。",
        crumbs=crumbs(("职业资格目录", reverse("authority:reference-editions")), (one.title, "")),
        actions=[
            *(
                [link("公布", reverse("authority:reference-edition-publish", args=[one.pk]), "primary")]
                if held
                else []
            ),
            link("导入", upload),
            link("登记一项", reverse("authority:reference-edition-item", args=[one.pk])),
        ]
        if is_open
        else [],
    )


@officer(MAINTAIN)
def new_item(request: GatedRequest, pk: int) -> HttpResponse:
    """Enter one item into an edition (登记一项); what the province may not set up is refused."""
    one = own_edition(request, pk)
    form = ItemForm(posted(request))
    if request.method == "POST" and form.is_valid():
        details = ItemDetails(**form.cleaned_data)
        done = attempt(
            form,
            lambda: actions.add_directory_item(one.pk, details, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done}”已登记。")
            return redirect("authority:reference-edition", one.pk)
    return form_page(
        request,
        form,
        title="登记一项",
        text=f"{one.title}。国家目录之外的项目属地方自行设置，有规定禁止的地方不予登记。",
        submit="登记",
        back=reverse("authority:reference-edition", args=[one.pk]),
    )


@officer(MAINTAIN)
def publish(request: GatedRequest, pk: int) -> HttpResponse:
    """Publish an edition (公布目录版本)."""
    one = own_edition(request, pk)
    form = forms.Form(posted(request))
    back = reverse("authority:reference-edition", args=[one.pk])
    if request.method == "POST":
        form.full_clean()
        done = attempt(
            form, lambda: actions.publish_edition(one.pk, actor=request.actor, clock=request.clock)
        )
        if done is not None:
            succeeded(request, f"“{done.title}”已公布。")
            return redirect(back)
    return page(
        request,
        "confirm",
        {
            "title": f"公布“{one.title}”",
            "text": f"自 {one.valid_from} 起施行。",
            "crumbs": crumbs(
                ("职业资格目录", reverse("authority:reference-editions")), (one.title, back), ("公布", "")
            ),
            "consequences": [
                "该版自施行日起参与判定，并在目录公开页面公布。",
                "同一地区上一版在施行日终止。",
                "公布后不能再改动；需要调整的，另建新版。",
            ],
            "form": form,
            "submit": "确认公布",
            "danger": False,
            "clauses": ["JL17-2a", "JL17-2b"] if one.place.startswith("22") else [],
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )
