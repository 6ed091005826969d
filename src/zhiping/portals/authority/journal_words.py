"""What journal entries are called, and where the things they are about are shown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime

from zhiping.kernel.clock import CHINA
from zhiping.ui.shapes import Change, Definition, JournalEntry

EVENTS: Mapping[str, str] = {
    "authorities.office_opened": "设立主管部门",
    "authorities.role_granted": "授予职责",
    "certificates.annulled": "宣布证书作废",
    "certificates.blank_exchanged": "空白证书损毁换纸",
    "certificates.blank_request_declined": "不予供应空白证书",
    "certificates.blank_request_withdrawn": "撤回空白证书申领",
    "certificates.blank_series_opened": "登记空白证书序列",
    "certificates.blank_used": "使用空白证书",
    "certificates.blank_write_off_confirmed": "见证空白证书核销",
    "certificates.blank_write_off_rejected": "空白证书见证不符",
    "certificates.blanks_aggregated": "汇总空白证书需求",
    "certificates.blanks_destroyed": "登记空白证书销毁",
    "certificates.blanks_handed_out": "向机构发放空白证书",
    "certificates.blanks_lost": "空白证书遗失作废",
    "certificates.blanks_received": "空白证书印制入库",
    "certificates.blanks_requested": "申领空白证书",
    "certificates.blanks_returned": "上交退回空白证书",
    "certificates.blanks_spoiled": "登记空白证书损毁",
    "certificates.blanks_supplied": "供应空白证书",
    "certificates.blanks_used_for_sitting": "场次使用空白证书",
    "certificates.corrected": "更正证书",
    "certificates.issue_held_back": "核发证书时扣留",
    "certificates.issued": "核发证书",
    "certificates.number_unmasked": "查看完整证件号码",
    "certificates.printed": "打印证书",
    "certificates.restored": "撤销证书作废",
    "exams.archive_item_added": "登记考务档案",
    "exams.assignment_cancelled": "取消人员安排",
    "exams.attendance_recorded": "登记签到",
    "exams.candidate_enrolled": "考生报名",
    "exams.candidates_enrolled": "名册导入报名",
    "exams.enrolment_withdrawn": "退考",
    "exams.incident_recorded": "登记考场情况",
    "exams.person_assigned": "安排考评或督导人员",
    "exams.plan_accepted": "受理考核计划",
    "exams.plan_cancelled": "取消考核计划",
    "exams.plan_declared": "报备考核计划",
    "exams.plan_opened": "编制考核计划",
    "exams.plan_refused": "不予受理考核计划",
    "exams.plan_returned": "退回考核计划",
    "exams.results_approved": "考后审核通过",
    "exams.results_previewed": "预览成绩名册",
    "exams.results_published": "成绩公示",
    "exams.results_returned": "考后审核退回",
    "exams.results_submitted": "提交考后审核",
    "exams.results_taken": "导入成绩",
    "exams.roster_previewed": "预览考生名册",
    "exams.sitting_held": "确认已考",
    "exams.sitting_saved": "保存场次",
    "reference.cancellation_batch_added": "登记受影响批次",
    "reference.cancellation_candidate_added": "登记善后对象",
    "reference.cancellation_candidate_removed": "移出善后对象",
    "reference.cancellation_carried_out": "善后整批办理",
    "reference.cancellation_certified": "登记善后发证",
    "reference.cancellation_choice_recorded": "登记考生意愿",
    "reference.cancellation_closed": "取消事项善后结案",
    "reference.cancellation_dropped": "作废取消事项善后",
    "reference.cancellation_graduated": "登记双证书学生毕业",
    "reference.cancellation_list_brought": "导入善后名单",
    "reference.cancellation_opened": "取消事项善后立案",
    "reference.cancellation_refunded": "登记退费",
    "reference.cancellation_reminded": "善后催办",
    "reference.cancellation_reopened": "重新办理取消事项善后",
    "reference.cancellation_result_recorded": "登记善后成绩",
    "reference.cancellation_settled_otherwise": "善后另行处理",
    "reference.catalogue_imported": "导入目录",
    "reference.catalogue_previewed": "预览目录文件",
    "reference.directory_item_added": "登记目录内职业资格",
    "reference.edition_opened": "新建目录版本",
    "reference.edition_published": "公布目录版本",
    "reference.call_closed": "结束征集",
    "reference.call_opened": "发起考核规范征集",
    "reference.handover_amended": "修改移交登记",
    "reference.handover_drafted": "登记移交",
    "reference.handover_dropped": "作废移交登记",
    "reference.handover_handed_over": "办结移交",
    "reference.handover_paper_added": "上传移交材料",
    "reference.handover_reversed": "收回移交",
    "reference.project_withdrawn": "考核项目退出目录",
    "reference.specification_amended": "修改考核规范",
    "reference.specification_argued": "专家论证考核规范",
    "reference.specification_drafted": "登记考核规范",
    "reference.specification_filed": "考核规范部备案",
    "reference.specification_passed_by_city": "考核规范报省",
    "reference.specification_passed_by_district": "考核规范报市",
    "reference.specification_published": "考核规范纳入目录",
    "reference.specification_refused": "不予采用考核规范",
    "reference.specification_returned": "退回考核规范",
    "reference.specification_submitted": "考核规范报区市",
    "reference.tracker_assigned": "明确跟踪督查部门",
    "reference.tracking_answered": "答复跟踪督查",
    "reference.tracking_opened": "下达跟踪督查任务",
    "reference.workday_set": "调整工作日",
    "reference.workday_withdrawn": "撤销工作日调整",
    "reference.year_preset": "按周末预置全年工作日",
    "registry.assessor_added": "登记考评员",
    "registry.assessor_ended": "考评员离岗",
    "registry.body_left": "机构自行退出目录",
    "registry.body_registered": "机构建档",
    "registry.body_removed": "机构移出目录",
    "registry.body_resumed": "恢复评价",
    "registry.body_suspended": "停止评价",
    "registry.body_updated": "变更机构信息",
    "registry.declaration_saved": "保存申报内容",
    "registry.document_added": "提交材料",
    "registry.document_published": "公开材料",
    "registry.document_withdrawn": "撤下材料",
    "registry.filing_confirmed": "确认入目录",
    "registry.filing_line_removed": "移除申报职业",
    "registry.filing_line_saved": "保存申报职业",
    "registry.filing_opened": "发起备案",
    "registry.filing_passed_by_city": "市级审核通过",
    "registry.filing_passed_by_district": "区级初审通过",
    "registry.filing_refused": "不予备案",
    "registry.filing_returned": "退回补正",
    "registry.filing_submitted": "提交备案",
    "registry.filing_verified": "实地核查通过",
    "registry.filing_withdrawn": "撤回备案",
    "registry.notice_published": "发布公示",
    "registry.objection_answered": "答复异议",
    "registry.objection_received": "收到异议",
    "registry.rule_waived": "豁免“原则上”条件",
    "registry.staff_member_added": "登记专职人员",
    "registry.staff_member_ended": "专职人员离岗",
    "registry.tie_declared": "申报回避关系",
    "registry.venue_saved": "保存考点",
    "registry.visit_recorded": "登记实地核查",
    "screening.finding_judged": "研判筛查发现",
    "screening.run_done": "筛查完成",
    "screening.run_failed": "筛查未完成",
    "screening.run_requested": "发起筛查",
}
"""Event → what it is called."""

FACTS: Mapping[str, str] = {
    "absent": "缺席人数",
    "accountability_opened_on": "责任追溯对象",
    "added": "新增行数",
    "after": "变更后",
    "amount": "金额（元）",
    "answer": "答复",
    "argued_on": "论证日期",
    "bad": "不合格行数",
    "body": "机构",
    "batch": "批次",
    "batches": "批次数",
    "before": "变更前",
    "cancelled_by": "由谁公布取消",
    "cancelled_on": "公布取消日",
    "candidate": "报名号或准考证号",
    "catalogue": "目录",
    "certificate_kind": "证书种类",
    "changed": "变化行数",
    "choice": "考生意愿",
    "conclusion": "论证结论",
    "count": "数量",
    "cured": "已消除",
    "day": "日期",
    "days": "天数",
    "department": "部门",
    "due": "期限",
    "duties": "职责",
    "edition": "版本",
    "enrolled": "报名人数",
    "ends_on": "截止日",
    "experts": "专家人数",
    "file": "文件",
    "filed_on": "备案日期",
    "first": "首个编号",
    "from": "起始日",
    "giver": "移交单位",
    "given": "本次张数",
    "good": "合格行数",
    "holder": "保管单位",
    "is_passed": "成绩合格",
    "item": "项目",
    "items": "项目数",
    "keep_until": "保存至",
    "keeper": "保管人",
    "kind": "类别",
    "last": "末个编号",
    "last_day": "最后一日",
    "level": "等级",
    "levels": "等级",
    "name": "名称",
    "not_met": "不符合项",
    "note": "说明",
    "number": "编号",
    "numbers": "编号",
    "occupation": "职业",
    "occupations": "职业",
    "opened": "新发现",
    "opinion": "意见",
    "outcome": "结论",
    "own_need": "本级需求",
    "paper": "纸张",
    "part": "份",
    "passes_on": "责任转移日",
    "people": "人数",
    "person": "人员",
    "present": "到场人数",
    "project": "考核项目",
    "quantity": "张数",
    "reason": "原因",
    "receiver": "承接组织",
    "reduced": "核减",
    "reopened": "再次出现",
    "requests": "申领单",
    "result": "结果",
    "returned_to": "退回至",
    "role": "岗位",
    "rows": "行数",
    "rule": "规则",
    "scope_lines": "备案范围条数",
    "seen_again": "仍然存在",
    "series": "空白证书序列",
    "sha256": "校验值（SHA-256）",
    "site_code": "站点序列码",
    "sitting": "场次",
    "sittings": "场次数",
    "snapshot_sha256": "快照摘要（SHA-256）",
    "span": "流水区间",
    "spans": "流水区间",
    "spoiled": "损毁流水号",
    "stage": "公布取消时所处阶段",
    "starts_on": "起始日",
    "state": "状态",
    "step": "办理事项",
    "tasks": "任务数",
    "ticket": "准考证号",
    "tie": "关系",
    "title": "名称",
    "trackers": "明确跟踪部门数",
    "unchanged": "无变化行数",
    "unit": "编写单位",
    "valid_from": "施行日",
    "venue": "考点",
    "version": "版次",
    "why": "事由",
    "withdrawn": "退考人数",
    "witness": "见证人",
    "workdays": "工作日数",
    "voucher": "凭证号",
    "was_due": "原期限",
    "year": "年度",
}
"""Fact → what it is called; fields of models are called as their model calls them."""

_OUTCOMES = {
    "pass": "符合",
    "note": "提示",
    "warn": "警示",
    "refuse": "不符合",
    "unknown": "待核",
    "not_applicable": "不适用",
    "no_rule_known": "没有已知规则",
}

_PAGES: Mapping[str, tuple[str, str]] = {
    "registry.filing": ("authority:filings-show", "pk"),
    "registry.evaluationbody": ("authority:bodies-show", "pk"),
    "registry.person": ("authority:people-show", "pk"),
    "exams.plan": ("authority:plans-show", "pk"),
    "exams.sitting": ("authority:sittings-show", "pk"),
    "certificates.certificate": ("authority:certificates-show", "number"),
    "certificates.blankrequest": ("authority:blanks-request", "pk"),
    "certificates.blankwriteoff": ("authority:blanks-write-off", "pk"),
    "certificates.blankstock": ("authority:blanks-stock", "pk"),
    "reference.handover": ("authority:reference-handover", "pk"),
    "reference.cancellationcase": ("authority:reference-aftermath-case", "pk"),
    "reference.specification": ("authority:reference-specification", "pk"),
    "reference.specificationcall": ("authority:reference-call", "pk"),
    "reference.abilityproject": ("authority:reference-project", "pk"),
    "screening.run": ("authority:runs-show", "pk"),
    "screening.finding": ("authority:findings-show", "pk"),
}
"""Kind of thing → the page that shows it, and what that page is addressed by."""

_CHIEF = (
    "certificates.certificate",
    "registry.filing",
    "exams.sitting",
    "exams.plan",
    "screening.finding",
    "screening.run",
    "certificates.blankrequest",
    "certificates.blankwriteoff",
    "certificates.blankstock",
    "registry.evaluationbody",
    "registry.person",
    "reference.handover",
    "reference.cancellationcase",
    "reference.specification",
    "reference.specificationcall",
    "reference.abilityproject",
)
"""Which of the things of an entry is named beside it, the first that is there."""

_MAIN_MODELS = ("registry.filing", "registry.evaluationbody", "exams.sitting", "certificates.certificate")


def event_name(event: str) -> str:
    """Return what an event is called."""
    return EVENTS.get(event, "其他操作")


def event_choices() -> list[tuple[str, str]]:
    """Return the events to filter by."""
    return [("", "全部"), *EVENTS.items()]


def kind_name(thing: str) -> str:
    """Return what a kind of thing is called (its model's own name)."""
    return str(apps.get_model(thing)._meta.verbose_name)


def fetch(things: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Model]:
    """Return the things that lie within reach, in one query per kind."""
    wanted: dict[str, set[str]] = {}
    for thing, key in things:
        if thing in _PAGES:
            wanted.setdefault(thing, set()).add(key)
    return {
        (thing, str(row.pk)): row
        for thing, keys in wanted.items()
        for row in apps.get_model(thing).objects.filter(pk__in=keys)
    }


def address(thing: str, row: Model) -> str:
    """Return the page of a thing; empty where it has none."""
    if thing not in _PAGES:
        return ""
    name, key = _PAGES[thing]
    return reverse(name, args=[getattr(row, key)])


def as_entry(entry: Any, known: Mapping[tuple[str, str], Model], *, with_link: bool = True) -> JournalEntry:
    """Return an entry as the journal list takes it; its subjects must have been fetched."""
    subject, url = subject_of(entry, known)
    facts = entry.facts
    changes, note = _changes(facts), _note(facts)
    return JournalEntry(
        at=entry.at,
        who=entry.actor_name,
        what=event_name(entry.event),
        subject=subject,
        subject_url=url if with_link else "",
        clauses=entry.clauses,
        changes=changes,
        note=note,
    )


def subject_of(entry: Any, known: Mapping[tuple[str, str], Model]) -> tuple[str, str]:
    """Return the name and the page of the chief thing of an entry."""
    found = {(one.thing, one.thing_id) for one in entry.subjects.all()}
    for kind in _CHIEF:
        for thing, key in sorted(found):
            if thing == kind and (row := known.get((thing, key))) is not None:
                return f"{kind_name(thing)} {row}", address(thing, row)
    names = sorted({kind_name(thing) for thing, _ in found})
    return "、".join(names), ""


def facts_of(entry: Any) -> list[Definition]:
    """Return the facts of an entry with their names, one line each; changes stand apart."""
    return [
        Definition(term=fact_name(name), value=written(value), wide=len(str(value)) > _WIDE)
        for name, value in entry.facts.items()
        if value not in (None, "", []) and not (name in {"before", "after"} and isinstance(value, dict))
    ]


_WIDE = 40


def _changes(facts: Mapping[str, Any]) -> Sequence[Change]:
    before, after = facts.get("before"), facts.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            Change(label=fact_name(name), before=written(before.get(name)), after=written(value))
            for name, value in after.items()
            if before.get(name) != value
        ]
    if isinstance(before, str) and isinstance(after, str):
        return [Change(label="状态", before=before, after=after)]
    return ()


def changes_of(entry: Any) -> Sequence[Change]:
    """Return what an entry changed, before and after."""
    return _changes(entry.facts)


def _note(facts: Mapping[str, Any]) -> str:
    return "；".join(str(facts[name]) for name in ("reason", "opinion", "note") if facts.get(name))


def fact_name(name: str) -> str:
    """Return what a fact is called: by the list, else by the field of a model that has it."""
    if name in FACTS:
        return FACTS[name]
    for label in _MAIN_MODELS:
        fields = {field.name: field for field in apps.get_model(label)._meta.fields}
        if name in fields:
            return str(fields[name].verbose_name)
    return "其他内容"


def written(value: Any) -> str:
    """Return a stored fact as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(written(one) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{fact_name(name)} {written(one)}" for name, one in value.items())
    return _text(str(value))


def _text(text: str) -> str:
    if text in _OUTCOMES:
        return _OUTCOMES[text]
    moment = parse_datetime(text) if "T" in text else None
    if moment is not None and moment.tzinfo is not None:
        return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
    day = parse_date(text) if len(text) == len("2024-01-01") else None
    return f"{day.year}年{day.month}月{day.day}日" if day else text
