"""The register of handovers (移交登记): who answers for a level-type qualification, from which day."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import handover_queries as queries
from zhiping.apps.reference.actions.handovers import HandoverDetails
from zhiping.apps.reference.models import Handover, HandoverPaper
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import HANDOVER_MOVES
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.files import as_attachment
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.pages import (
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
    succeeded,
)
from zhiping.portals.authority.reference_tabs import reference_tabs
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, FileEntry

MAINTAIN = "reference.maintain"
_LISTS = "目录与日历"
_TITLE = "移交登记"
_ANCHOR = "与承接的行业组织签订协议、明确移交日期后，可以登记移交。"


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class HandoverForm(forms.Form):
    """A handover: what, from whom, to whom, from when."""

    place = forms.ChoiceField(label="地区")
    item = forms.CharField(
        label="职业资格名称",
        max_length=240,
        help_text="按责任转移日的目录核对；只有水平评价类可以移交。",
    )
    giver = forms.CharField(label="移交部门（单位）", max_length=120)
    giver_code = forms.CharField(label="移交单位统一社会信用代码", max_length=20, required=False)
    receiver = forms.CharField(label="承接行业组织", max_length=120)
    receiver_code = forms.CharField(label="承接组织统一社会信用代码", max_length=20, required=False)
    receiver_kind = forms.ChoiceField(label="承接组织类别", choices=Handover.ReceiverKind.choices)
    qualified_by = forms.CharField(
        label="承接条件的依据", max_length=300, help_text="如遴选公告、评估结论的文号。"
    )
    passes_on = _day("责任转移日", help_text="自这一天起由承接组织负责；前一天仍由移交单位负责。")
    office = forms.ChoiceField(label="指导协调的人社部门", required=False)
    note = forms.CharField(label="备注", max_length=300, required=False)


class PaperForm(forms.Form):
    """One document of a handover."""

    kind = forms.ChoiceField(label="材料类别", choices=HandoverPaper.Kind.choices)
    file = forms.FileField(label="文件")


class HandoverFilters(Filters):
    """Which handovers to show, and for which day to say who answers."""

    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *Handover.State.choices))
    text = forms.CharField(label="名称、移交单位或承接组织")
    on = _day("责任单位查询日", required=False)


@officer("")
def handovers(request: GatedRequest) -> HttpResponse:
    """List the handovers of the officer's places, with who answers on a day (移交登记)."""
    asked = request.GET.copy()
    asked["on"] = asked.get("on") or request.clock.today().isoformat()
    filters = HandoverFilters(asked)
    rows = queries.handovers(request.actor)
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    if text := filters.value("text"):
        rows = rows.filter(item__contains=text) | rows.filter(giver__contains=text) | rows.filter(
            receiver__contains=text
        )  # fmt: skip
    filters.is_valid()
    on = filters.cleaned_data.get("on") or request.clock.today()

    def prepare(shown: Sequence[Any]) -> None:
        answering = {(row.place, row.item): row.body for row in queries.responsibilities_on(on)}
        for row in shown:
            row.answers = answering.get((row.place, row.item), "尚未移交，由原单位负责")

    listing = Listing(
        name="handovers",
        caption=_TITLE,
        columns=(
            Column(key="item", label="职业资格", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="giver", label="移交单位"),
            Column(key="receiver", label="承接行业组织", sortable=True),
            Column(key="passes_on", label="责任转移日", kind="date", sortable=True),
            Column(key="get_state_display", label="状态"),
            Column(key="answers", label="查询日责任单位"),
        ),
        sort="-passes_on",
        prepare=prepare,
        row_url=lambda row: reverse("authority:reference-handover", args=[row.pk]),
        empty=EmptyState(title="没有移交登记", text=_ANCHOR),
    )
    can = request.actor.may_anywhere(MAINTAIN)
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title=_LISTS,
        subtitle=f"水平评价类职业资格的具体认定转移给行业组织，责任随之转移。责任单位按 {on} 查询。",
        tabs=reference_tabs("handovers"),
        crumbs=crumbs((_LISTS, reverse("authority:reference-standards")), (_TITLE, "")),
        actions=[link("登记移交", reverse("authority:reference-handover-new"), "primary")] if can else [],
    )


def _own(request: GatedRequest, pk: int) -> Handover:
    found = queries.handovers(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _details(form: HandoverForm) -> HandoverDetails:
    fields = dict(form.cleaned_data)
    fields.pop("place", None)
    office = fields.pop("office")
    return HandoverDetails(**fields, office_id=int(office) if office else None)


def _with_offices(form: HandoverForm, places: Sequence[str]) -> None:
    found = {one.pk: one.name for place in places for one in queries.guiding_offices(place)}
    offer(form, "office", [("", "按地区确定"), *found.items()])


@officer(MAINTAIN)
def new_handover(request: GatedRequest) -> HttpResponse:
    """Enter a handover (登记移交)."""
    form = HandoverForm(posted(request))
    places = [one for one in place_choices(request.actor, MAINTAIN, request.clock) if one[0]]
    offer(form, "place", places)
    _with_offices(form, [code for code, _ in places])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.draft_handover(
                form.cleaned_data["place"], _details(form), actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"“{done.item}”的移交已登记，请上传材料后办结。")
            return redirect("authority:reference-handover", done.pk)
    return _form(
        request, form, title="登记移交", submit="登记", back=reverse("authority:reference-handovers")
    )


@officer(MAINTAIN)
def edit_handover(request: GatedRequest, pk: int) -> HttpResponse:
    """Correct a draft (修改移交登记)."""
    one = _own(request, pk)
    request.actor.require(MAINTAIN, Place(one.place))
    names = [name for name in HandoverForm.base_fields if name not in {"place", "office"}]
    form = HandoverForm(
        posted(request),
        initial={name: getattr(one, name) for name in names} | {"office": one.guided_by_id or ""},
    )
    del form.fields["place"]
    _with_offices(form, [one.place])
    back = reverse("authority:reference-handover", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.amend_handover(pk, _details(form), actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, "移交登记已修改。")
            return redirect(back)
    return _form(request, form, title="修改移交登记", submit="保存", back=back)


def _form(request: GatedRequest, form: forms.Form, *, title: str, submit: str, back: str) -> HttpResponse:
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": "准入类职业资格和已取消的事项不能移交；名称以责任转移日的目录为准。",
            "crumbs": crumbs((_TITLE, reverse("authority:reference-handovers")), (title, "")),
            "form": form,
            "submit": submit,
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )


@officer("")
def handover(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a handover with its documents and who answered when; POST takes in a document (移交登记)."""
    one = _own(request, pk)
    can = may(request.actor, MAINTAIN, one.place)
    takes_papers = can and one.state in {Handover.State.DRAFTED, Handover.State.HANDED_OVER}
    form = PaperForm(posted(request), request.FILES or None)
    if request.method == "POST":
        request.actor.require(MAINTAIN, Place(one.place))
        if form.is_valid():
            file = form.cleaned_data["file"]
            done = attempt(
                form,
                lambda: actions.add_handover_paper(
                    pk,
                    kind=form.cleaned_data["kind"],
                    name=file.name,
                    content=file.read(),
                    actor=request.actor,
                    clock=request.clock,
                ),
            )
            if done is not None:
                succeeded(request, f"“{done.original_name}”已上传。")
                return redirect("authority:reference-handover", pk)
    today = request.clock.today()
    answering = queries.responsible_for(one.item, on=today, place=one.place)
    return page(
        request,
        "handover",
        {
            "title": one.item,
            "state": one.get_state_display(),
            "crumbs": crumbs((_TITLE, reverse("authority:reference-handovers")), (one.item, "")),
            "actions": _buttons(one) if can else [],
            "items": [*_answer(answering), *_items(one)],
            "history": queries.history_of(one.place, one.item),
            "files": _files(one),
            "form": form if takes_papers else None,
            "clauses": binding_clauses(("GD18-3", "JL17-3a"), place=one.place, on=today),
            "trace_url": reverse("authority:journal-trace", args=["reference.handover", one.pk])
            if request.actor.may_anywhere("journal.read")
            else "",
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )


def _answer(found: queries.ResponsibleBody | None) -> list[Definition]:
    if found is None:
        return [Definition(term="今日责任单位", value="没有办结的移交，目录也没有写明实施部门", wide=True)]
    told = f"{found.body}（依据：{queries.BASIS_NAMES[found.basis]}）"
    return [Definition(term="今日责任单位", value=told, wide=True)]


def _items(one: Handover) -> list[Definition]:
    return [
        Definition(term="地区", value=one.place, kind="place"),
        Definition(term="责任转移日", value=one.passes_on, kind="date"),
        Definition(term="移交部门（单位）", value=one.giver),
        Definition(term="移交单位统一社会信用代码", value=one.giver_code, kind="code"),
        Definition(term="承接行业组织", value=one.receiver),
        Definition(term="承接组织统一社会信用代码", value=one.receiver_code, kind="code"),
        Definition(term="承接组织类别", value=one.get_receiver_kind_display()),
        Definition(term="指导协调的人社部门", value=one.guided_by.name if one.guided_by else "尚未明确"),
        Definition(term="承接条件的依据", value=one.qualified_by, wide=True),
        Definition(term="登记", value=f"{one.drafted_by}，{one.drafted_at:%Y-%m-%d}"),
        Definition(term="办结时间", value=one.handed_over_at, kind="datetime"),
        Definition(term="责任收回日", value=one.reversed_on, kind="date"),
        Definition(term="收回或作废原因", value=one.ended_reason, wide=True),
        Definition(term="备注", value=one.note, wide=True),
    ]


def _files(one: Handover) -> list[FileEntry]:
    return [
        FileEntry(
            name=paper.original_name,
            url=reverse("authority:reference-handover-paper", args=[paper.pk]),
            kind=paper.get_kind_display(),
            size=paper.size,
            sha256=paper.sha256,
            at=paper.uploaded_at,
            who=paper.uploaded_by,
        )
        for paper in one.papers.all()
    ]


def _buttons(one: Handover) -> list[Action]:
    buttons = [
        link(label, reverse("authority:reference-handover-step", args=[one.pk, verb]), kind)
        for verb, (label, kind) in _VERBS.items()
        if (one.state, verb) in HANDOVER_MOVES
    ]
    if one.state == Handover.State.DRAFTED:
        buttons.insert(1, link("修改", reverse("authority:reference-handover-edit", args=[one.pk])))
    return buttons


@officer("")
def paper(request: GatedRequest, pk: int) -> HttpResponseBase:
    """Hand out a document of a handover as an attachment (下载移交材料)."""
    found = queries.handover_papers(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return as_attachment(found)


class PlainForm(forms.Form):
    """Nothing to fill in."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReversalForm(ReasonForm):
    """From which day, and why."""

    reversed_on = _day("责任收回日", help_text="自这一天起由原移交单位负责，不早于责任转移日。")
    field_order = ("reversed_on", "reason")


_VERBS: Mapping[str, tuple[str, str]] = {
    "hand_over": ("办结移交", "primary"),
    "reverse": ("收回移交", "danger"),
    "drop": ("作废登记", "danger"),
}
_FORMS: Mapping[str, type[forms.Form]] = {
    "hand_over": PlainForm,
    "reverse": ReversalForm,
    "drop": ReasonForm,
}
_ACTS: Mapping[str, Callable[..., Handover]] = {
    "hand_over": actions.hand_over,
    "reverse": actions.reverse_handover,
    "drop": actions.drop_handover,
}


@officer(MAINTAIN)
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Let the responsibility pass, take it back, or drop the draft, after a page that says what happens."""
    one = _own(request, pk)
    move = HANDOVER_MOVES.get((one.state, verb))
    if verb not in _VERBS or move is None:
        raise MoveNotAllowedError(state=one.get_state_display(), verb=_VERBS.get(verb, (verb, ""))[0])
    request.actor.require(move.duty, Place(one.place))
    label, kind = _VERBS[verb]
    form = _FORMS[verb](posted(request))
    back = reverse("authority:reference-handover", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: _ACTS[verb](pk, **form.cleaned_data, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{one.item}”：{label}完成。")
            return redirect(back)
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{one.item}",
            "text": f"{labels.place(one.place)}，{one.giver}移交{one.receiver}。",
            "crumbs": crumbs(
                (_TITLE, reverse("authority:reference-handovers")), (one.item, back), (label, "")
            ),
            "consequences": _consequences(one, verb),
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger",
            "clauses": binding_clauses(move.clauses, place=one.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )


def _consequences(one: Handover, verb: str) -> list[str]:
    if verb == "hand_over":
        return [
            f"自 {one.passes_on} 起由{one.receiver}负责“{one.item}”的具体认定，此前由{one.giver}负责。",
            "责任单位在目录公开页面公布，任何一天只有一个单位负责。",
        ]
    if verb == "reverse":
        return [
            f"自收回日起由{one.giver}重新负责；此前承接期间的责任不变。",
            "收回的日期和原因留痕，移交记录和材料保留。",
        ]
    return ["登记作废，不产生责任转移；记录和材料保留。"]
