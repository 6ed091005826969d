"""What follows a cancellation, at the desk (取消事项善后): cases, batches, people, and who is still open."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import aftermath_queries as queries
from zhiping.apps.reference.actions.aftermath import BatchDetails, CandidateDetails
from zhiping.apps.reference.catalogue_queries import all_batches
from zhiping.apps.reference.models import (
    AffectedBatch,
    AftermathCandidate,
    CancellationCase,
    CandidateList,
)
from zhiping.apps.reference.states import CANCELLATION_MOVES
from zhiping.core.policybook import Outcome, Verdict
from zhiping.core.roster.catalogues import fen_of
from zhiping.kernel.money import Money
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, due, table_of, wants_export, workbook
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
from zhiping.portals.authority.views.catalogues.shared import day_field, download
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.verdict_panels import OFFICER, panel
from zhiping.ui import formatting, labels, shapes
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, Figure

MAINTAIN = "reference.maintain"
_LISTS = "目录与日历"
_TITLE = "取消善后"
_OPEN_SHOWN = 10
_RESULTS = {None: "没有登记", True: "合格", False: "不合格"}
Stage = AffectedBatch.Stage


def _home() -> tuple[str, str]:
    return (_TITLE, reverse("authority:reference-aftermath"))


def _case_url(pk: int) -> str:
    return reverse("authority:reference-aftermath-case", args=[pk])


def _batch_url(pk: int) -> str:
    return reverse("authority:reference-aftermath-batch", args=[pk])


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{Money(fen)} 元"


# --- cases ---------------------------------------------------------------------------------------


class CaseFilters(Filters):
    """Which cases to show."""

    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *CancellationCase.State.choices))
    text = forms.CharField(label="项目名称")


@officer("")
def cases(request: GatedRequest) -> HttpResponse:
    """List the cancellation cases of the officer's places (取消事项善后)."""
    filters = CaseFilters(request.GET)
    today = request.clock.today()
    rows = queries.cancellation_cases(request.actor)
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    if text := filters.value("text"):
        rows = rows.filter(item_name__contains=text)

    def prepare(shown: Sequence[Any]) -> None:
        for row in shown:
            row.people, row.still_open = row.people or 0, row.still_open or 0
            is_open = row.state == CancellationCase.State.OPEN
            words = "可以结案" if is_open and row.people else "尚未登记批次" if is_open else ""
            row.due = due(row.next_due if is_open else None, today, none=words)

    listing = Listing(
        name="cancellation-cases",
        caption="取消事项善后",
        columns=(
            Column(key="item_name", label="取消事项", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="cancelled_on", label="公布取消日", kind="date", sortable=True),
            Column(key="get_cancelled_by_display", label="由谁公布取消"),
            Column(key="people", label="人数", kind="number"),
            Column(key="still_open", label="未办妥", kind="number"),
            Column(key="due", label="最近期限", sortable=True),
            Column(key="get_state_display", label="状态"),
        ),
        fields={"due": "next_due"},
        sort="due",
        prepare=prepare,
        row_url=lambda row: _case_url(row.pk),
        empty=EmptyState(
            title="没有取消事项善后",
            text="职业资格公布取消时，已有公告、报名、考试、证书或双证书招生的，在这里立案并逐人办妥。",
        ),
    )
    can = request.actor.may_anywhere(MAINTAIN)
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title=_LISTS,
        subtitle="公布取消前已开展的工作逐人办妥：继续考试或退费、发证、兑现双证书、按新规定办理。",
        tabs=reference_tabs("aftermath"),
        crumbs=crumbs((_LISTS, reverse("authority:reference-standards")), (_TITLE, "")),
        actions=[link("立案", reverse("authority:reference-aftermath-new"), "primary")] if can else [],
    )


class CaseForm(forms.Form):
    """Which item, where."""

    place = forms.ChoiceField(label="地区")
    item = forms.CharField(
        label="取消事项名称", max_length=120, help_text="与取消事项清单所列名称一致；公布取消日取自批次。"
    )
    batch = forms.ChoiceField(
        label="批次", required=False, help_text="同一名称见于几个批次的，请选择；其余不选。"
    )
    note = forms.CharField(label="备注", max_length=300, required=False)


@officer(MAINTAIN)
def new_case(request: GatedRequest) -> HttpResponse:
    """Open the case of a cancelled item (善后立案)."""
    form = CaseForm(posted(request))
    offer(form, "place", [one for one in place_choices(request.actor, MAINTAIN, request.clock) if one[0]])
    titles = {f"{one.place}/{one.code}": one.title for one in all_batches() if one.is_published}
    offer(form, "batch", [("", "按名称确定"), *titles.items()])
    if request.method == "POST" and form.is_valid():
        key = _item_key(request, form, titles)
        if key:
            done = attempt(
                form,
                lambda: actions.open_cancellation_case(
                    form.cleaned_data["place"],
                    key,
                    note=form.cleaned_data["note"],
                    actor=request.actor,
                    clock=request.clock,
                ),
            )
            if done is not None:
                succeeded(request, f"“{done.item_name}”善后已立案，请登记受影响的批次。")
                return redirect(_case_url(done.pk))
    return _form_page(
        request,
        form,
        title="善后立案",
        text="一个地区的一个取消事项立一案；公布取消日由批次确定。",
        submit="立案",
        way=[_home()],
    )


def _item_key(request: GatedRequest, form: CaseForm, titles: Mapping[str, str]) -> str:
    """Return the key of the named item; where it names none or several, the form says so."""
    data = form.cleaned_data
    today = request.clock.today()
    found = [
        row
        for row in queries.items_named(data["item"], place=data["place"], on=today)
        if data["batch"] in {"", f"{row.place}/{row.batch}"}
    ]
    if len(found) == 1:
        return found[0].key
    if found:
        told = "、".join(titles.get(f"{row.place}/{row.batch}", row.batch) for row in found)
        form.add_error("batch", f"“{data['item']}”见于{told}。请选择批次。")
    else:
        where = labels.place(data["place"])
        form.add_error(
            "item", f"{where}已公布取消的事项中没有“{data['item']}”。请按取消事项清单核对名称和批次。"
        )
    return ""


def _own_case(request: GatedRequest, pk: int) -> Any:
    """Return a case with how many people it has and how many of them are open."""
    found = queries.cancellation_cases(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer("")
def case(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a case with its batches and who is still open (取消事项善后)."""
    one = _own_case(request, pk)
    today = request.clock.today()
    can = may(request.actor, MAINTAIN, one.place)
    is_open = one.state == CancellationCase.State.OPEN
    batches: list[Any] = list(queries.batches_of(one))
    for batch_ in batches:
        is_done = bool(batch_.people) and not batch_.still_open
        batch_.due = due(None if is_done or not is_open else batch_.due_on, today, none=f"{batch_.due_on}")
    people = queries.candidates_of(one)
    still_open = list(people.filter(is_settled=False)[:_OPEN_SHOWN]) if can else []
    sums = queries.refunds_of(people)
    left = one.still_open or 0
    is_ready = is_open and bool(batches) and all(row.people and not row.still_open for row in batches)
    return page(
        request,
        "aftermath_case",
        {
            "title": one.item_name,
            "state": f"取消事项善后：{one.get_state_display()}",
            "crumbs": crumbs(_home(), (one.item_name, "")),
            "actions": _case_buttons(one, is_ready=is_ready) if can else [],
            "figures": [
                Figure(label="受影响批次", value=len(batches), unit="批"),
                Figure(label="善后对象", value=one.people or 0, unit="人"),
                Figure(label="未办妥", value=left, unit="人"),
                Figure(label="应退费", value=str(Money(sums.owed_fen)), unit="元", hint=f"{sums.people} 人"),
                Figure(
                    label="已退费", value=str(Money(sums.paid_fen)), unit="元", hint=f"{sums.paid_people} 人"
                ),
            ],
            "items": _case_items(one),
            "batches": batches,
            "still_open": still_open,
            "more_open": left - len(still_open) if still_open else 0,
            "is_ready": is_ready,
            "people_url": reverse("authority:reference-aftermath-people", args=[pk]) if can else "",
            "can": can,
            "clauses": queries.proof_clauses(one, on=today),
            "trace_url": reverse("authority:journal-trace", args=["reference.cancellationcase", one.pk])
            if request.actor.may_anywhere("journal.read")
            else "",
            "as_of": request.clock.now(),
        },
    )


def _case_items(one: Any) -> list[Definition]:
    return [
        Definition(term="地区", value=one.place, kind="place"),
        Definition(term="公布取消日", value=one.cancelled_on, kind="date"),
        Definition(term="由谁公布取消", value=one.get_cancelled_by_display()),
        Definition(term="衔接项目", value=one.successor or "没有登记"),
        Definition(term="立案", value=f"{one.opened_by}，{formatting.short_day(one.opened_at)}"),
        Definition(term="结案时间", value=one.ended_at, kind="datetime"),
        Definition(term="作废或重新办理的原因", value=one.ended_reason, wide=True),
        Definition(term="备注", value=one.note, wide=True),
    ]


_VERBS: Mapping[str, tuple[str, str]] = {
    "close": ("结案", "primary"),
    "drop": ("作废善后", "danger"),
    "reopen": ("重新办理", "secondary"),
}


def _case_buttons(one: Any, *, is_ready: bool) -> list[Action]:
    buttons = [
        link(
            label,
            reverse("authority:reference-aftermath-step", args=[one.pk, verb]),
            "secondary" if kind == "primary" and not is_ready else kind,
        )
        for verb, (label, kind) in _VERBS.items()
        if (one.state, verb) in CANCELLATION_MOVES and not (verb == "drop" and one.people)
    ]
    if one.state == CancellationCase.State.OPEN:
        add = reverse("authority:reference-aftermath-batch-new", args=[one.pk])
        buttons.insert(0, link("登记批次", add, "secondary" if is_ready else "primary"))
    return buttons


class PlainForm(forms.Form):
    """Nothing to fill in."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


_CASE_FORMS: Mapping[str, type[forms.Form]] = {"close": PlainForm, "drop": ReasonForm, "reopen": ReasonForm}
_CASE_ACTS: Mapping[str, Callable[..., CancellationCase]] = {
    "close": actions.close_cancellation_case,
    "drop": actions.drop_cancellation_case,
    "reopen": actions.reopen_cancellation_case,
}
_CONSEQUENCES: Mapping[str, tuple[str, ...]] = {
    "close": (
        "按今天的规则逐人重新判定，有一人没有办妥就不能结案。",
        "结案后留存每个人的判定和所依据的规则；不再登记，确需补办的可以重新办理。",
    ),
    "drop": ("只用于误立或没有受影响人员的；原因留痕。",),
    "reopen": ("恢复登记，补办后再次结案；原因留痕。",),
}


@officer(MAINTAIN)
def case_step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Close a case, drop it or take it up again, after a page that says what happens."""
    one = _own_case(request, pk)
    move = CANCELLATION_MOVES.get((one.state, verb))
    if verb not in _VERBS or move is None:
        raise MoveNotAllowedError(state=one.get_state_display(), verb=_VERBS.get(verb, (verb, ""))[0])
    request.actor.require(move.duty, Place(one.place))
    label, kind = _VERBS[verb]
    form = _CASE_FORMS[verb](posted(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: _CASE_ACTS[verb](pk, **form.cleaned_data, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{one.item_name}”：{label}完成。")
            return redirect(_case_url(pk))
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{one.item_name}",
            "text": f"{labels.place(one.place)}，共 {one.people or 0} 人，未办妥 {one.still_open or 0} 人。",
            "crumbs": crumbs(_home(), (one.item_name, _case_url(pk)), (label, "")),
            "consequences": _CONSEQUENCES[verb],
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger",
            "clauses": queries.proof_clauses(one, on=request.clock.today()) if move.clauses else (),
            "duty": DUTIES[move.duty],
            "cancel_url": _case_url(pk),
        },
        status=form_status(form),
    )


# --- batches -------------------------------------------------------------------------------------


class BatchForm(forms.Form):
    """A batch: what stage, whose, by when."""

    stage = forms.ChoiceField(label="公布取消时所处阶段", choices=Stage.choices, widget=forms.RadioSelect)
    organisation = forms.CharField(label="组织单位", max_length=120)
    number = forms.CharField(label="场次或批次号", max_length=60)
    day = day_field(
        "公告、报名、考试、发证或招生日期", help_text="应早于公布取消日；之后开展的不属于善后，应当停止。"
    )
    due_on = day_field("办理期限", help_text="通知没有规定天数，由办理机关确定；到期未办妥的进入待办队列。")
    note = forms.CharField(label="备注", max_length=300, required=False)


@officer(MAINTAIN)
def new_batch(request: GatedRequest, pk: int) -> HttpResponse:
    """Enter a batch that the cancellation met (登记受影响批次)."""
    one = _own_case(request, pk)
    request.actor.require(MAINTAIN, Place(one.place))
    form = BatchForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.add_affected_batch(
                pk, BatchDetails(**form.cleaned_data), actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"“{done}”已登记，请导入或逐个登记人员。")
            return redirect(_batch_url(done.pk))
    return _form_page(
        request,
        form,
        title="登记受影响批次",
        text=f"“{one.item_name}”于 {one.cancelled_on} 公布取消。",
        submit="登记",
        way=[_home(), (one.item_name, _case_url(pk))],
    )


def _own_batch(request: GatedRequest, pk: int) -> Any:
    """Return a batch with how many people it has and how many of them are open."""
    found = queries.affected_batches(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    request.actor.require(MAINTAIN, Place(found.case.place))
    return found


class ListForm(forms.Form):
    """A workbook of candidates."""

    file = forms.FileField(
        label="文件", error_messages={"required": "请选择要上传的文件。", "empty": "文件是空的，请重新选择。"}
    )


class PeopleFilters(Filters):
    """Which people to show."""

    settled = forms.ChoiceField(label="办理", choices=(("", "全部"), ("no", "未办妥"), ("yes", "已办妥")))
    choice = forms.ChoiceField(label="考生意愿", choices=(("", "全部"), *AftermathCandidate.Choice.choices))
    text = forms.CharField(label="报名号或准考证号")


def _chosen(rows: QuerySet[AftermathCandidate], filters: PeopleFilters) -> QuerySet[AftermathCandidate]:
    if settled := filters.value("settled"):
        rows = rows.filter(is_settled=settled == "yes")
    if choice := filters.value("choice"):
        rows = rows.filter(choice=choice)
    if text := filters.value("text"):
        rows = rows.filter(number__contains=text)
    return rows


def _whole_columns() -> list[Column]:
    """Return the columns of the workbook for which a page has no room."""
    return [
        Column(key="refunded_on", label="退费日期", kind="date"),
        Column(key="voucher", label="退费凭证号"),
        Column(key="result", label="成绩"),
        Column(key="graduated_on", label="毕业日期", kind="date"),
        Column(key="certificate_number", label="证书编号"),
        Column(key="granted_on", label="发证日期", kind="date"),
        Column(key="otherwise", label="另行处理情况"),
    ]


def _people_listing(caption: str, *, with_batch: bool, is_whole: bool) -> Listing:
    """Return the list of people; `is_whole` with everything that is known of each, for a workbook."""

    def prepare(shown: Sequence[Any]) -> None:
        for row in shown:
            choosing = row.batch.stage in queries.CHOOSING
            row.masked = formatting.masked_name(row.name)
            row.wish = row.get_choice_display() if choosing else "不涉及"
            row.fee = str(Money(row.fee_fen)) if choosing else ""
            row.refund = f"{Money(row.refunded_fen)}" if row.refunded_fen is not None else ""
            row.result = _RESULTS[row.is_passed]
            row.done = "已办妥" if row.is_settled else row.remaining

    shown = [
        Column(key="number", label="报名号或准考证号", kind="code", sortable=True),
        Column(key="masked", label="姓名"),
        Column(key="last_four", label="证件后四位", kind="code"),
        *([Column(key="batch", label="批次")] if with_batch else []),
        *([Column(key="batch.get_stage_display", label="公布取消时所处阶段")] if is_whole else []),
        Column(key="wish", label="考生意愿", sortable=True),
        *([Column(key="chosen_on", label="意愿日期", kind="date")] if is_whole else []),
        Column(key="fee", label="已缴费用（元）", kind="number"),
        Column(key="refund", label="已退（元）", kind="number"),
        *(_whole_columns() if is_whole else []),
        Column(key="done", label="办理情况", sortable=True),
    ]
    return Listing(
        name="aftermath-people",
        caption=caption,
        columns=shown,
        fields={"wish": "choice", "done": "is_settled"},
        sort="number",
        prepare=prepare,
        row_url=lambda row: reverse("authority:reference-aftermath-person", args=[row.pk]),
        empty=EmptyState(title="没有符合条件的人员", text="可以放宽筛选条件，或由组织单位提供名单后导入。"),
    )


@officer(MAINTAIN)
def people(request: GatedRequest, pk: int) -> HttpResponse:
    """List everybody of a case (善后对象), to filter and to take away as a workbook."""
    one = _own_case(request, pk)
    request.actor.require(MAINTAIN, Place(one.place))
    filters = PeopleFilters(request.GET)
    rows = _chosen(queries.aftermath_candidates(request.actor).filter(batch__case_id=pk), filters)
    sums = queries.refunds_of(queries.candidates_of(one))
    return list_page(
        request,
        _people_listing("善后对象", with_batch=True, is_whole=wants_export(request)),
        rows,
        filters=filters,
        title=f"善后对象：{one.item_name}",
        subtitle=f"共 {one.people or 0} 人，未办妥 {one.still_open or 0} 人；"
        f"应退 {_yuan(sums.owed_fen)}，已退 {_yuan(sums.paid_fen)}。",
        crumbs=crumbs(_home(), (one.item_name, _case_url(pk)), ("善后对象", "")),
    )


@officer(MAINTAIN)
def batch(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a batch with its people; POST takes in a list of them (受影响批次)."""
    one = _own_batch(request, pk)
    is_open = one.case.state == CancellationCase.State.OPEN
    form = ListForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        done = attempt(
            form,
            lambda: actions.bring_candidates(
                pk, file_name=file.name, content=file.read(), actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(
                request,
                f"名单已核验：新增 {done.rows_added} 人，已登记 {done.rows_known} 人，"
                f"不合格 {done.rows_bad} 行。",
            )
            back = reverse("authority:reference-aftermath-list", args=[done.pk])
            return redirect(back if done.rows_bad else _batch_url(pk))
    filters = PeopleFilters(request.GET)
    rows = _chosen(queries.aftermath_candidates(request.actor).filter(batch_id=pk), filters)
    listing = _people_listing("善后对象", with_batch=False, is_whole=wants_export(request))
    if wants_export(request):
        return workbook(request, listing, rows)
    return page(
        request,
        "aftermath_batch",
        {
            "title": str(one),
            "state": one.get_stage_display(),
            "crumbs": crumbs(_home(), (one.case.item_name, _case_url(one.case_id)), (str(one), "")),
            "actions": _batch_buttons(one) if is_open else [],
            "items": _batch_items(one),
            "is_late": is_open and bool(one.still_open) and one.due_on < request.clock.today(),
            "still_open": one.still_open,
            "table": table_of(request, listing, rows, filters=filters),
            "reminders": list(one.reminders.all()),
            "lists": list(one.lists.all()),
            "form": form if is_open else None,
            "template_url": reverse("authority:reference-aftermath-template", args=[pk]),
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )


def _batch_items(one: Any) -> list[Definition]:
    whole = queries.WHOLE_BATCH.get(one.stage, "")
    told = f"{one.carried_out_on}，{one.carried_out_note}（{one.carried_out_by}）"
    return [
        Definition(term="取消事项", value=one.case.item_name, url=_case_url(one.case_id)),
        Definition(term="公布取消时所处阶段", value=one.get_stage_display()),
        Definition(term="组织单位", value=one.organisation),
        Definition(term="场次或批次号", value=one.number),
        Definition(term="公告、报名、考试、发证或招生日期", value=one.day, kind="date"),
        Definition(term="办理期限", value=one.due_on, kind="date"),
        *(
            [Definition(term=whole, value=told if one.carried_out_on else "尚未办理", wide=True)]
            if whole
            else []
        ),
        Definition(term="备注", value=one.note, wide=True),
    ]


def _batch_buttons(one: Any) -> list[Action]:
    def to(name: str) -> str:
        return reverse(f"authority:reference-aftermath-{name}", args=[one.pk])

    buttons = [link("登记人员", to("person-new"))]
    if one.stage in queries.WHOLE_BATCH:
        buttons.append(link(queries.WHOLE_BATCH[one.stage], to("carry-out"), "primary"))
    if one.still_open or not one.people:
        buttons.append(link("催办", to("remind")))
    return buttons


class ReminderForm(forms.Form):
    """A new day for those still open."""

    due_on = day_field("新的办理期限")
    note = forms.CharField(
        label="催办内容", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WholeForm(forms.Form):
    """When it was done for the whole batch, and how."""

    done_on = day_field("办理日期")
    note = forms.CharField(
        label="办理情况",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如考试通知、处理意见的文号。",
    )


class PersonForm(forms.Form):
    """Who a candidate is."""

    number = forms.CharField(label="报名号或准考证号", max_length=40)
    name = forms.CharField(label="姓名", max_length=60)
    last_four = forms.CharField(label="证件号码后四位", max_length=4)
    fee = forms.CharField(label="已缴费用（元）", max_length=20, help_text="没有收费的填 0。")

    def clean_fee(self) -> int:
        """Return the amount in fen."""
        return _fen(self.cleaned_data["fee"])


def _fen(text: str) -> int:
    found = fen_of(text)
    if found is None:
        raise forms.ValidationError(f"“{text}”不是以元计的金额。请按 180.00 的样子填写。")
    return found


def _on_batch(
    request: GatedRequest,
    pk: int,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], Any],
    *,
    title: str,
    text: str,
    submit: str,
) -> HttpResponse:
    """Show a form about a batch; where it is filled in and the action takes it, go back to the batch."""
    one = _own_batch(request, pk)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: act(form.cleaned_data))
        if done is not None:
            succeeded(request, f"“{one}”：{title}完成。")
            return redirect(_batch_url(pk))
    way = [_home(), (one.case.item_name, _case_url(one.case_id)), (str(one), _batch_url(pk))]
    return _form_page(request, form, title=title, text=text, submit=submit, way=way)


@officer(MAINTAIN)
def remind(request: GatedRequest, pk: int) -> HttpResponse:
    """Set a new day for those of a batch still open (催办)."""
    one = _own_batch(request, pk)
    return _on_batch(
        request,
        pk,
        ReminderForm(posted(request)),
        lambda data: actions.remind_batch(pk, **data, actor=request.actor, clock=request.clock),
        title="催办",
        text=f"未办妥 {one.still_open} 人，原期限 {one.due_on}。催办记入本批次，并按新的期限进入待办队列。",
        submit="催办",
    )


@officer(MAINTAIN)
def carry_out(request: GatedRequest, pk: int) -> HttpResponse:
    """Record what was done for a batch as a whole (整批办理)."""
    one = _own_batch(request, pk)
    words = queries.WHOLE_BATCH.get(one.stage, "整批办理")
    told = {
        Stage.ISSUED: "确认后，本批次证书按取消前取得的证书继续作为能力水平的证明。",
        Stage.ADJUSTED: "说明按哪一项规定、由谁继续实施。",
    }
    return _on_batch(
        request,
        pk,
        WholeForm(posted(request)),
        lambda data: actions.carry_out_batch(pk, **data, actor=request.actor, clock=request.clock),
        title=words,
        text=told.get(
            Stage(one.stage), "适用于考试日前已选择继续参加的考生；之后才选择的，另行组织后再登记。"
        ),
        submit="登记",
    )


@officer(MAINTAIN)
def new_person(request: GatedRequest, pk: int) -> HttpResponse:
    """Enter one candidate of a batch (登记善后对象)."""
    one = _own_batch(request, pk)
    form = PersonForm(posted(request))
    if one.stage not in queries.CHOOSING:
        del form.fields["fee"]

    def act(data: Mapping[str, Any]) -> Any:
        about = {name: data[name] for name in ("number", "name", "last_four")}
        details = CandidateDetails(**about, fee_fen=data.get("fee", 0))
        return actions.add_candidate(pk, details, actor=request.actor, clock=request.clock)

    return _on_batch(
        request,
        pk,
        form,
        act,
        title="登记人员",
        text="只登记姓名和证件号码后四位，不收集联系方式和完整证件号码。",
        submit="登记",
    )


@officer(MAINTAIN)
def template(request: GatedRequest, pk: int) -> HttpResponse:
    """Send the workbook to fill in for a batch (下载善后名单模板)."""
    one = _own_batch(request, pk)
    return download(actions.candidate_template(one), "善后名单模板.xlsx")


def _own_list(request: GatedRequest, pk: int) -> CandidateList:
    found = queries.candidate_lists(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer(MAINTAIN)
def candidate_list(request: GatedRequest, pk: int) -> HttpResponse:
    """Show what a list brought and why rows stayed out (善后名单核验)."""
    one = _own_list(request, pk)
    batch_ = one.batch
    return page(
        request,
        "aftermath_list",
        {
            "title": "善后名单核验",
            "subtitle": f"{batch_}，{one.file_name}",
            "one": one,
            "figures": [
                Figure(label="总行数", value=one.rows_total, unit="行"),
                Figure(label="新增", value=one.rows_added, unit="人"),
                Figure(label="已登记", value=one.rows_known, unit="人"),
                Figure(label="不合格", value=one.rows_bad, unit="行"),
            ],
            "batch_url": _batch_url(batch_.pk),
            "crumbs": crumbs(
                _home(),
                (batch_.case.item_name, _case_url(batch_.case_id)),
                (str(batch_), _batch_url(batch_.pk)),
                ("名单核验", ""),
            ),
            "as_of": request.clock.now(),
        },
    )


@officer(MAINTAIN)
def bad_rows(request: GatedRequest, pk: int) -> HttpResponse:
    """Send the rows that stayed out back with their reasons (退回不合格行)."""
    one = _own_list(request, pk)
    content = actions.returned_candidates(one, actor=request.actor, clock=request.clock)
    return download(content, f"不合格行-{one.file_name}.xlsx")


# --- people --------------------------------------------------------------------------------------


class ChoiceForm(forms.Form):
    """To sit, or to be refunded."""

    choice = forms.ChoiceField(
        label="考生意愿",
        choices=[one for one in AftermathCandidate.Choice.choices if one[0] != "not_asked"],
        widget=forms.RadioSelect,
    )
    chosen_on = day_field("意愿日期")


class RefundForm(forms.Form):
    """How much, when, by which voucher."""

    amount_fen = forms.CharField(label="退费金额（元）", max_length=20)
    paid_on = day_field("退费日期")
    voucher = forms.CharField(label="退费凭证号", max_length=60)

    def clean_amount_fen(self) -> int:
        """Return the amount in fen."""
        return _fen(self.cleaned_data["amount_fen"])


class ResultForm(forms.Form):
    """Passed or not."""

    is_passed = forms.TypedChoiceField(
        label="成绩",
        choices=(("yes", "合格"), ("no", "不合格")),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class GraduationForm(forms.Form):
    """When the student graduated."""

    graduated_on = day_field("毕业日期")


class CertificateForm(forms.Form):
    """Which certificate, when."""

    number = forms.CharField(label="证书编号", max_length=60)
    granted_on = day_field("发证日期")


class OtherwiseForm(forms.Form):
    """What was done where no rule says what is owed."""

    note = forms.CharField(label="另行处理情况", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


_STEPS: Mapping[str, tuple[str, type[forms.Form], Callable[..., Any]]] = {
    "choose": ("登记考生意愿", ChoiceForm, actions.record_choice),
    "refund": ("登记退费", RefundForm, actions.record_refund),
    "result": ("登记成绩", ResultForm, actions.record_result),
    "graduate": ("登记毕业", GraduationForm, actions.record_graduation),
    "certify": ("登记发证", CertificateForm, actions.record_certificate),
    "otherwise": ("另行处理", OtherwiseForm, actions.settle_otherwise),
    "remove": ("移出名单", ReasonForm, actions.remove_candidate),
}
PERSON_VERBS = tuple(_STEPS)
"""What can be recorded of one person."""


def _own_person(request: GatedRequest, pk: int) -> AftermathCandidate:
    found = queries.aftermath_candidates(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _verbs(one: AftermathCandidate, way: queries.Way) -> list[str]:
    """Return what is to be offered for a person; the actions decide."""
    stage, choice = one.batch.stage, one.choice
    is_finished = one.refunded_on is not None or one.granted_on is not None
    offered = {
        "choose": stage in queries.CHOOSING and not is_finished,
        "refund": choice == "refund" and one.refunded_on is None and one.fee_fen > 0,
        "result": (stage == Stage.EXAMINED or queries.sat_after_all(one)) and one.granted_on is None,
        "graduate": stage == Stage.DUAL and one.granted_on is None,
        "certify": one.granted_on is None
        and (bool(one.is_passed) or (stage == Stage.DUAL and one.graduated_on is not None)),
        "otherwise": way.is_silent and not way.is_settled,
        "remove": choice == "not_asked" and one.is_passed is None and not is_finished and not one.otherwise,
    }
    found = [verb for verb in _STEPS if offered[verb]]
    # What was chosen may still change, but it is not the next thing to do.
    return found if choice == "not_asked" else sorted(found, key=lambda verb: verb == "choose")


@officer(MAINTAIN)
def person(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one candidate: what the law says is owed, what was chosen and done (善后对象)."""
    one = _own_person(request, pk)
    today = request.clock.today()
    way = queries.way_of(one, on=today)
    case_ = one.batch.case
    is_open = case_.state == CancellationCase.State.OPEN
    kinds = {"remove": "danger"}
    buttons = [
        link(
            "更改考生意愿" if verb == "choose" and one.choice != "not_asked" else _STEPS[verb][0],
            reverse("authority:reference-aftermath-person-step", args=[pk, verb]),
            kinds.get(verb, "primary" if at == 0 and not way.is_settled else "secondary"),
        )
        for at, verb in enumerate(_verbs(one, way))
    ]
    return page(
        request,
        "aftermath_person",
        {
            "title": f"善后对象 {one.number}",
            "state": "已办妥" if way.is_settled else "未办妥",
            "crumbs": crumbs(
                _home(),
                (case_.item_name, _case_url(case_.pk)),
                (str(one.batch), _batch_url(one.batch_id)),
                (one.number, ""),
            ),
            "actions": buttons if is_open else [],
            "remaining": "" if way.is_settled or not is_open else way.remaining,
            "is_closed": not is_open,
            "items": _person_items(one),
            "verdict": _panel(one, way),
            "as_of": request.clock.now(),
        },
    )


def _panel(one: AftermathCandidate, way: queries.Way) -> shapes.Verdict:
    """Return the verdict that was kept when the case closed, else today's."""
    if one.batch.case.state == CancellationCase.State.CLOSED and one.verdict:
        kept = Verdict.from_json(one.verdict)
        ended_at = one.batch.case.ended_at
        return panel(kept, "结案时", reader=OFFICER, frozen_at=ended_at, only=_applying(kept))
    return panel(way.verdict, "应办事项", reader=OFFICER, only=_applying(way.verdict))


def _applying(verdict: Verdict) -> frozenset[str]:
    """Return the rules that have something to say: those for other stages would only fill the page."""
    return frozenset(one.rule for one in verdict.findings if one.outcome is not Outcome.NOT_APPLICABLE)


def _person_items(one: AftermathCandidate) -> list[Definition]:
    stage = one.batch.stage
    about = [
        Definition(term="姓名", value=one.name),
        Definition(term="证件号码后四位", value=one.last_four, kind="code"),
        Definition(term="公布取消时所处阶段", value=one.batch.get_stage_display()),
    ]
    if stage in queries.CHOOSING:
        wish = one.get_choice_display()
        if one.chosen_on is not None:
            wish += f"（{one.chosen_on}，由{one.chosen_recorded_by}登记）"
        about += [
            Definition(term="考生意愿", value=wish),
            Definition(term="已缴费用", value=_yuan(one.fee_fen)),
            Definition(term="应退", value=_yuan(one.fee_fen) if one.choice == "refund" else "不涉及"),
            Definition(term="已退", value=_yuan(one.refunded_fen) or "没有退费"),
            Definition(term="退费日期", value=one.refunded_on, kind="date"),
            Definition(term="退费凭证号", value=one.voucher, kind="code"),
        ]
    if stage in queries.CHOOSING | {Stage.EXAMINED}:
        about.append(Definition(term="成绩", value=_RESULTS[one.is_passed]))
    if stage == Stage.DUAL:
        about.append(Definition(term="毕业日期", value=one.graduated_on or "尚未毕业"))
    return [
        *about,
        Definition(term="证书编号", value=one.certificate_number, kind="code"),
        Definition(term="发证日期", value=one.granted_on, kind="date"),
        Definition(term="另行处理情况", value=one.otherwise, wide=True),
    ]


@officer(MAINTAIN)
def person_step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Record what one person chose, was paid or given (登记善后办理)."""
    one = _own_person(request, pk)
    if verb not in _STEPS:
        raise Http404
    title, form_class, act = _STEPS[verb]
    initial = {"amount_fen": f"{one.fee_fen / 100:.2f}"} if verb == "refund" else {}
    form = form_class(posted(request), initial=initial)
    back = reverse("authority:reference-aftermath-person", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: (act(pk, **form.cleaned_data, actor=request.actor, clock=request.clock), True),
        )
        if done is not None:
            succeeded(request, f"“{one.number}”：{title}完成。")
            return redirect(_batch_url(one.batch_id) if verb == "remove" else back)
    way = [_home(), (str(one.batch), _batch_url(one.batch_id)), (one.number, back)]
    told = (
        f"{formatting.masked_name(one.name)}，证件后四位 {one.last_four}，{one.batch.get_stage_display()}。"
    )
    submit = "移出" if verb == "remove" else "登记"
    return _form_page(request, form, title=f"{title}：{one.number}", text=told, submit=submit, way=way)


def _form_page(
    request: GatedRequest,
    form: forms.Form,
    *,
    title: str,
    text: str,
    submit: str,
    way: Sequence[tuple[str, str]],
) -> HttpResponse:
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": text,
            "crumbs": crumbs(*way, (title, "")),
            "form": form,
            "submit": submit,
            "duty": DUTIES[MAINTAIN],
            "cancel_url": way[-1][1],
        },
        status=form_status(form),
    )
