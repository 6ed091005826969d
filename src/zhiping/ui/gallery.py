"""Every component with made-up content on one page, for who writes pages or changes the look."""

from datetime import UTC, date, datetime

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhiping.ui import shapes
from zhiping.ui.labels import Tone

AS_OF = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
STATUS = {"403": 403, "404": 404, "429": 429, "500": 500}


class FilterForm(forms.Form):
    """Sample filters."""

    q = forms.CharField(label="机构名称", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("submitted", "已提交"), ("returned", "退回补正")],
    )
    since = forms.DateField(
        label="提交日期起", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class FilingForm(forms.Form):
    """Sample form with every kind of field."""

    fieldsets = (
        ("单位情况", "按营业执照和社保缴费记录填写。", ("name", "credit_code", "insured_count")),
        ("评价范围", "", ("kind", "occupations", "start")),
    )
    clauses = {"insured_count": "FS20-E2", "kind": "LN24-2.2a"}  # noqa: RUF012 - read only, as Meta is

    name = forms.CharField(label="单位名称", max_length=80)
    credit_code = forms.CharField(label="统一社会信用代码", help_text="18 位，字母大写。")
    insured_count = forms.IntegerField(
        label="参保职工人数", help_text="含子公司、分公司，以申报当月为准。", min_value=1
    )
    kind = forms.ChoiceField(
        label="机构类别",
        widget=forms.RadioSelect,
        choices=[("employer", "用人单位"), ("social", "社会培训评价组织")],
    )
    occupations = forms.MultipleChoiceField(
        label="职业（工种）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "电工"), ("b", "焊工")],
    )
    start = forms.DateField(label="拟开展日期", widget=forms.DateInput(attrs={"type": "date"}))
    scan = forms.FileField(label="营业执照扫描件", required=False, help_text="PDF 或图片，不超过 10 MB。")
    remark = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    promise = forms.BooleanField(label="承诺所填内容真实，愿意承担相应责任")


class ReasonForm(forms.Form):
    """Sample reason."""

    reason = forms.CharField(label="作废理由", widget=forms.Textarea, help_text="将随证书状态一并公布。")


class SheetForm(forms.Form):
    """Sample upload."""

    sheet = forms.FileField(label="考生名册", help_text="Excel 工作簿（.xlsx）或 CSV。")


class LookUpForm(forms.Form):
    """Sample look-up."""

    number = forms.CharField(label="证书编号", help_text="22 位或 16 位，印在证书正面。")
    second = forms.CharField(label="姓名或证件号码后四位")


class SignInForm(forms.Form):
    """Sample sign-in."""

    username = forms.CharField(label="账号")
    password = forms.CharField(label="口令", widget=forms.PasswordInput)


def _at(day: int, hour: int = 2, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _table(request: HttpRequest) -> shapes.Table:
    names = (
        "示例甲机械有限公司",
        "示例乙电梯服务有限公司",
        "示例丙技工学校",
        "示例丁家政服务协会",
        "示例戊装备有限公司",
    )
    rows = [
        {
            "number": f"BA2026{index:05d}",
            "name": names[index % 5],
            "state": ("submitted", "review", "returned", "on_site", "notice", "refused", "confirmed")[
                index % 7
            ],
            "place": ("禅城区", "顺德区", "南海区")[index % 3],
            "insured": 280 + index * 137,
            "occupations": ("电工", "焊工") if index % 2 else ("电梯安装维修工",),
            "deadline": date(2026, 11, 20 + index % 9),
        }
        for index in range(1, 64)
    ]
    page = Paginator(rows, 8).get_page(request.GET.get("page"))
    return shapes.Table(
        name="filings",
        caption="待审备案",
        columns=(
            shapes.Column(key="name", label="机构名称", sortable=True),
            shapes.Column(key="number", label="备案号", kind="code"),
            shapes.Column(key="place", label="地区"),
            shapes.Column(key="occupations", label="职业（工种）", kind="tags"),
            shapes.Column(key="insured", label="参保人数", kind="number", sortable=True),
            shapes.Column(key="state", label="状态", kind="state"),
            shapes.Column(key="deadline", label="办理期限", kind="date", sortable=True),
        ),
        rows=list(page),
        row_url=lambda row: f"#{row['number']}",
        sort=request.GET.get("sort", "deadline"),
        page=page,
        total=page.paginator.count,
        export_url="?export=xlsx",
        filters=FilterForm(request.GET or None),
        as_of=AS_OF,
    )


def _wide_table() -> shapes.Table:
    return shapes.Table(
        name="results",
        caption="成绩册",
        narrow="scroll",
        columns=(
            shapes.Column(key="name", label="姓名", kind="masked_name"),
            shapes.Column(key="identity", label="证件号码", kind="masked_id"),
            shapes.Column(key="level", label="等级", kind="level"),
            *(
                shapes.Column(key=f"s{index}", label=label, kind="number")
                for index, label in enumerate(("理论", "实操"))
            ),
            shapes.Column(key="state", label="结论", kind="outcome"),
        ),
        rows=[
            {
                "name": name,
                "identity": f"99010119900101{index:03d}X",
                "level": 4,
                "s0": 59 + index,
                "s1": 77,
                "state": out,
            }
            for index, (name, out) in enumerate(
                (("林小满", "refuse"), ("周一帆", "pass"), ("何青", "unknown"))
            )
        ],
        as_of=AS_OF,
    )


VERDICT = shapes.Verdict(
    outcome="refuse",
    title="暂不符合用人单位备案条件",
    summary="6 条中 1 条不符合、1 条待核。补足后可重新核验，无需重新填写。",
    place="佛山市",
    on=date(2026, 11, 20),
    on_label="受理日期",
    rules=(
        shapes.RuleLine(
            outcome="refuse",
            title="参保职工人数",
            observed="299 人",
            required="300 人以上（含本数）",
            near_miss="差 1 人",
            clause="FS20-E2",
            document="佛山市用人单位自主评价备案条件",
            wording="示例：此处显示文件中该条款的原文。",
        ),
        shapes.RuleLine(
            outcome="unknown",
            title="企业规模为中型及以上",
            observed="营业收入未提供",
            required="中型企业标准",
            clause="FS20-E1",
            document="统计上大中小微型企业划分办法",
            wording="示例：此处显示文件中该条款的原文。",
        ),
        shapes.RuleLine(
            outcome="pass",
            title="每个职业的实操工位",
            observed="12 个",
            required="不少于 10 个",
            clause="FS20-E3",
        ),
        shapes.RuleLine(
            outcome="explain",
            title="每个职业的考评人员",
            observed="3 人",
            required="原则上不少于 3 人",
            clause="FS20-E4",
            overridden="第三名考评人员证书换发中，已附受理回执。",
        ),
        shapes.RuleLine(outcome="not_applicable", title="社会培训评价组织的从业年限", clause="FS20-S1"),
        shapes.RuleLine(
            outcome="pass", title="不属于准入类职业资格", observed="电工（四级）", clause="FS20-P5"
        ),
    ),
)

STEPS = (
    shapes.TimelineStep(label="提交申请", state="done", who="陈明", office="示例甲机械有限公司", at=_at(3)),
    shapes.TimelineStep(
        label="区级初审",
        state="returned",
        who="李敏",
        office="禅城区主管部门（示例）",
        at=_at(6, 7),
        opinion="社保缴费证明缺少分公司人员，请补充后重新提交。",
        clauses=("FS20-E2",),
    ),
    shapes.TimelineStep(
        label="市级复审",
        state="current",
        office="佛山市主管部门（示例）",
        deadline="应于 2026年11月24日 前办结，剩余 2 个工作日",
        deadline_tone=Tone.WARN,
    ),
    shapes.TimelineStep(label="现场核查", state="waiting"),
    shapes.TimelineStep(label="公示", state="waiting"),
)

CERTIFICATE = shapes.CertificateView(
    kind="职业技能等级证书",
    number="Y000044000001265000123",
    holder="林小满",
    printed=(
        shapes.Definition(term="姓名", value="林小满"),
        shapes.Definition(term="证件类型", value="居民身份证"),
        shapes.Definition(term="证件号码", value="999101199001011234", kind="masked_id"),
        shapes.Definition(term="职业名称", value="电工"),
        shapes.Definition(term="工种名称", value=""),
        shapes.Definition(term="职业技能等级", value="4", kind="level"),
        shapes.Definition(term="评价机构", value="示例甲机械有限公司"),
        shapes.Definition(term="发证日期", value=date(2026, 3, 5), kind="date"),
    ),
    status="annulled",
    status_on=date(2026, 11, 12),
    reason="理由：经查，实操考试未按标准组织，评价结果取消，证书宣布作废。",
    clauses=("LN24-3.5c",),
    issuer="示例甲机械有限公司",
    issuer_url="#issuer",
    standing="发证当日在目录内",
    standing_note="2026年3月5日，该机构备案有效，电工四级在备案范围内。",
    as_of=AS_OF,
)

JOURNAL = (
    shapes.JournalEntry(
        at=_at(12, 6, 20),
        who="赵海",
        office="佛山市主管部门（示例）",
        what="作废证书",
        subject="Y000044000001265000123",
        subject_url="#c",
        clauses=("LN24-3.5c",),
        changes=(shapes.Change(label="状态", before="有效", after="已作废"),),
        note="理由：实操考试未按标准组织。",
    ),
    shapes.JournalEntry(
        at=_at(5, 1, 5), who="陈明", office="示例甲机械有限公司", what="打印证书", subject="共 31 本"
    ),
)

NAV = (
    shapes.NavSection(
        label="待办",
        items=(
            shapes.NavItem(label="工作台", url="?page=work", current=True),
            shapes.NavItem(label="备案审核", url="#1", count=12, tone=Tone.BAD),
            shapes.NavItem(label="考试计划", url="#2", count=5),
            shapes.NavItem(label="成绩审核", url="#3", count=38, tone=Tone.WARN),
        ),
    ),
    shapes.NavSection(
        label="监管",
        items=(
            shapes.NavItem(label="筛查比对", url="#4", count=1204),
            shapes.NavItem(label="证书管理", url="#5"),
            shapes.NavItem(label="操作留痕", url="#6"),
        ),
    ),
    shapes.NavSection(
        label="依据",
        items=(shapes.NavItem(label="政策条款", url="#7"), shapes.NavItem(label="职业目录", url="#8")),
    ),
)

WHO = shapes.Who(
    name="李敏",
    office="佛山市主管部门（示例）",
    place="佛山市",
    duties=("备案复审", "证书管理", "筛查比对"),
)

COUNTERS = (
    shapes.Counter(
        label="备案复审",
        count=12,
        url="#",
        tone=Tone.BAD,
        deadline="2 件已超期",
        hint="最早应于 11月18日 办结",
    ),
    shapes.Counter(label="成绩审核", count=38, url="#", tone=Tone.WARN, deadline="今日到期 4 件"),
    shapes.Counter(label="考试计划", count=5, url="#", tone=Tone.INFO, deadline="3 个工作日内 2 件"),
    shapes.Counter(label="证书审批", count=1260, url="#", deadline="本周内"),
    shapes.Counter(label="公示异议", count=0, url="#", hint="没有待处理的异议"),
)


def _components(request: HttpRequest) -> dict[str, object]:
    wrong = FilingForm({"name": "示例甲机械有限公司", "credit_code": "", "insured_count": "0", "kind": ""})
    return {
        "as_of": AS_OF,
        "portal_name": "组件陈列",
        "home_url": "?",
        "nav": NAV,
        "who": WHO,
        "crumbs": (
            shapes.Crumb(label="工作台", url="?page=work"),
            shapes.Crumb(label="备案审核", url="#"),
            shapes.Crumb(label="示例甲机械有限公司"),
        ),
        "header_actions": (
            shapes.Action(label="通过", url="#", kind="primary"),
            shapes.Action(label="退回补正", url="#"),
            shapes.Action(label="不予通过", url="#", kind="danger"),
        ),
        "tabs": (
            shapes.NavItem(label="申请内容", url="#", current=True),
            shapes.NavItem(label="核验结论", url="#", count=1, tone=Tone.BAD),
            shapes.NavItem(label="附件材料", url="#", count=4),
            shapes.NavItem(label="办理过程", url="#"),
        ),
        "counters": COUNTERS,
        "figures": (
            shapes.Figure(label="在目录机构", value=60, unit="家"),
            shapes.Figure(label="本年考试", value=400, unit="场", hint="比上年同期多 12%"),
            shapes.Figure(label="本年考生", value=30000, unit="人"),
            shapes.Figure(label="有效证书", value=24018, unit="本", url="#"),
        ),
        "bars": tuple(
            shapes.Bar(label=name, value=value)
            for name, value in (("顺德区", 8120), ("南海区", 6450), ("禅城区", 3204), ("三水区", 980))
        ),
        "table": _table(request),
        "wide_table": _wide_table(),
        "empty_table": shapes.Table(
            name="none",
            caption="考试计划",
            columns=(shapes.Column(key="x", label="计划"),),
            rows=(),
            total=0,
            as_of=AS_OF,
            empty=shapes.EmptyState(
                title="还没有考试计划",
                text="备案确认后即可申报。请至少在开考前 10 个工作日提交。",
                actions=(shapes.Action(label="申报考试计划", url="#", kind="primary"),),
            ),
        ),
        "verdict": VERDICT,
        "verdict_pass": shapes.Verdict(
            outcome="pass",
            title="符合用人单位备案条件",
            place="佛山市",
            on=date(2026, 11, 20),
            frozen_at=AS_OF,
        ),
        "timeline": STEPS,
        "steps": (
            shapes.Step(label="单位情况", state="done", url="#"),
            shapes.Step(label="评价范围", state="current"),
            shapes.Step(label="人员与场地", state="waiting"),
            shapes.Step(label="核对提交", state="waiting"),
        ),
        "definitions": (
            shapes.Definition(term="单位名称", value="示例甲机械有限公司"),
            shapes.Definition(term="统一社会信用代码", value="91990600MA0000000X", kind="code"),
            shapes.Definition(term="参保人数", value=1299, kind="number", clause="FS20-E2"),
            shapes.Definition(term="状态", value="review", kind="state"),
            shapes.Definition(
                term="备案范围", value=("电工 五级至三级", "焊工 五级、四级"), kind="tags", wide=True
            ),
        ),
        "filing_form": wrong,
        "clean_form": FilingForm(),
        "sheet_form": SheetForm(),
        "reason_form": ReasonForm(),
        "limits": (
            "一次不超过 10,000 行、20 MB。",
            "有误的行会连同原因退回，无误的行可先行导入。",
            "重复上传同一文件不会重复导入。",
        ),
        "progress": shapes.Progress(
            name="job-1", label="导入考生名册", state="running", done=6200, total=10000
        ),
        "progress_done": shapes.Progress(
            name="job-2",
            label="全量筛查",
            state="done",
            done=24000,
            total=24000,
            text="用时 48 秒。",
            result_url="#",
        ),
        "certificate": CERTIFICATE,
        "journal": JOURNAL,
        "files": (
            shapes.FileEntry(
                name="营业执照.pdf",
                url="#",
                kind="营业执照",
                size=482_113,
                sha256="9f2c4b7d1a0e55aa",
                at=_at(3),
                who="陈明",
            ),
            shapes.FileEntry(name="场地照片-实训一室.jpg", url="#", kind="场地", size=2_481_130, at=_at(3)),
        ),
        "checklist": (
            shapes.CheckItem(
                text="实操工位不少于 10 个",
                outcome="pass",
                remark="现场清点 12 个。",
                clause="FS20-E3",
                photos=(
                    shapes.Photo(
                        url="#", thumbnail="/static/zhiping/mark.svg", text="实训一室全景", at=_at(10)
                    ),
                    shapes.Photo(
                        url="#", thumbnail="/static/zhiping/mark.svg", text="工位编号牌", at=_at(10)
                    ),
                ),
            ),
            shapes.CheckItem(
                text="考场视频监控覆盖全部工位",
                outcome="refuse",
                remark="第 11、12 号工位无画面。",
                clause="FS20-E3",
            ),
        ),
        "confirm_items": (
            shapes.Definition(term="证书编号", value="Y000044000001265000123", kind="code"),
            shapes.Definition(term="持证人", value="林小满", kind="masked_name"),
        ),
        "consequences": (
            "公众查询立即显示“已作废”及理由。",
            "作废记入公开日志，不能删除，只能依法撤销。",
            "持证人与评价机构将收到通知。",
        ),
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components, or with `?page=` one of the page frames."""
    page = request.GET.get("page", "")
    match page:
        case "" | "components":
            return render(request, "ui/gallery.html", _components(request))
        case "work":
            return render(
                request, "ui/gallery_work.html", _components(request) | {"portal_name": "监管工作平台"}
            )
        case "public":
            context = _components(request) | {"form": LookUpForm(), "nav": None}
            return render(request, "ui/gallery_public.html", context)
        case "login":
            account = shapes.DemoAccount
            roles = (
                shapes.DemoRole(
                    label="人社部门",
                    accounts=(
                        account(username="sheng", name="省级经办人", office="广东省主管部门（示例）"),
                        account(
                            username="shi",
                            name="市级复审",
                            office="佛山市主管部门（示例）",
                            text="复审、公示",
                        ),
                        account(username="qu", name="区级初审", office="禅城区主管部门（示例）"),
                    ),
                ),
                shapes.DemoRole(
                    label="评价机构",
                    accounts=(account(username="qiye", name="企业经办人", office="示例甲机械有限公司"),),
                ),
            )
            context = {
                "form": SignInForm(),
                "demo_roles": roles,
                "demo_password": "zhiping-demo",
                "demo_action": "#",
            }
            return render(request, "ui/login.html", context)
        case "refusal":
            refusal = {
                "sentence": "开考日期 2026年11月25日 不足 10 个工作日，请改为 2026年12月4日 或以后。",
                "code": "exams.plan_too_late",
                "clauses": ("FS20-4.2",),
            }
            return render(request, "ui/refusal.html", refusal, status=409)
        case "403" | "404" | "429" | "500":
            return render(request, f"{page}.html", {"reference": "20261120-7F3A"}, status=STATUS[page])
        case _:
            raise Http404
