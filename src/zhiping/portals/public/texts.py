"""Guides and answers for candidates, employers and bodies (政策解读), FS20-3.3."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a guide: its heading, its steps, the clauses it rests on."""

    heading: str
    steps: Sequence[str]
    clauses: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One guide (办事指南)."""

    name: str
    title: str
    summary: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question that is often asked, with its answer."""

    question: str
    answer: str
    clauses: Sequence[str] = ()


GUIDES = (
    Guide(
        name="check-a-certificate",
        title="怎样核对一本证书",
        summary="持证人、用人单位和任何人都可以查，不用登录。",
        parts=(
            Part(
                heading="准备",
                steps=(
                    "找到证书编号：印在证书正面，共 22 位，第一位和第十六位可能是字母。",
                    "再准备一项：持证人姓名，或其证件号码的后四位。",
                    "手里有纸质证书或电子证书的，也可以扫描上面的二维码，编号会自动填好。",
                ),
            ),
            Part(
                heading="查询",
                steps=(
                    "在“证书查询”填写编号和另一项，提交。",
                    "两项都相符时，页面显示证书上印的每一项内容、当前状态、状态变化的经过，以及评价机构发证当日是否在目录、该职业等级是否在其备案范围。",
                    "没有查到时，页面不会说明是编号不存在还是另一项不符，这是为了防止有人逐个试探。",
                ),
                clauses=("FS20-4.3",),
            ),
            Part(
                heading="看懂结果",
                steps=(
                    "“已作废”会写明自哪一天起、原因和依据；作废前后的经过列在“状态变化”里。",
                    "“不在备案范围内”表示发证当日机构没有这一职业或等级的备案；“无备案范围记录”表示平台没有资料，不能据此下结论。",
                    "页面内容与手中证书不一致的，请向评价机构所在地的主管部门反映，见“投诉渠道”。",
                ),
            ),
        ),
    ),
    Guide(
        name="candidates",
        title="考生：从报名到领证",
        summary="找谁报名、要满足什么条件、成绩在哪里看。",
        parts=(
            Part(
                heading="找评价机构",
                steps=(
                    "在“机构目录”按地区、职业和等级筛选，只有在目录且备案范围包含该职业等级的机构才能评价。",
                    "用人单位评价本单位职工；社会培训评价组织面向社会；技工院校首先面向本校学生。具体以当地规则为准。",
                ),
                clauses=("FS20-4.3",),
            ),
            Part(
                heading="报名与条件",
                steps=(
                    "向机构提交真实的身份、工作年限、学历和已有证书信息，由机构统一报名。",
                    "申报条件因职业标准的编制年代而不同，可以在“政策依据”的“规则”里查“申报条件是否满足”，每条规则都附有刚好满足和刚好不满足的例子。",
                    "填报虚假条件取得的证书会被作废。",
                ),
            ),
            Part(
                heading="考试与成绩",
                steps=(
                    "考试当天由三名以上考评员评分，机构内部和外部的质量督导员在场。",
                    "成绩公示在“公示公告”的“成绩公示”：只显示姓氏和准考证号后四位，公示结束后名单不再显示。",
                    "每一科都要合格。对成绩有疑问的，在公示期内向机构提出；对机构有意见的，向其所在地主管部门反映。",
                ),
            ),
        ),
    ),
    Guide(
        name="bodies",
        title="机构：从备案到发证",
        summary="用人单位、社会培训评价组织和技工院校怎样进入目录、组织考试。",
        parts=(
            Part(
                heading="备案",
                steps=(
                    "用机构账号登录，填写申报信息，上传管理制度，登记考评员、考点和申报职业。",
                    "页面右侧随时列出每一项条件是否满足、差多少、依据哪一条；有不符合的不能提交，“原则上”的条件可以提交并由审核部门说明理由后放宽。",
                    "提交后依次经过区级初审、市级审核、实地核查和公示，每一步都有办理期限和意见。",
                ),
                clauses=("LN24-2.1a", "FS20-4.1"),
            ),
            Part(
                heading="组织考试",
                steps=(
                    "开考前报备考核计划：职业等级、考点、时间、人数、考评员和督导员。",
                    "下载名册模板导入考生，先预览再确认；有问题的行会连同原因一起退回，不影响其他行。",
                    "考后上传成绩、公示、提交审核，审核通过后发证。",
                ),
                clauses=("FS20-3.2", "LN24-3.7a"),
            ),
            Part(
                heading="公开与留存",
                steps=(
                    "公开考务、命题、质量、证书管理办法和收费标准，它们会显示在机构目录的本机构页面。",
                    "按场次留存档案清单，供事后追溯和检查。",
                ),
                clauses=("LN24-2.3b", "LN24-2.3c", "FS20-4.3"),
            ),
        ),
    ),
)

ANSWERS = (
    Answer(
        question="为什么查证书除了编号还要填姓名或证件后四位？",
        answer="证书内容属于个人信息，只向已经持有证书的人核对，不提供按姓名或证件号码检索。",
        clauses=("FS20-4.3",),
    ),
    Answer(
        question="查询次数为什么有限制？",
        answer=(
            "同一网络每分钟、同一编号每小时的查询次数有限，超过后请稍候再查。"
            "需要批量核验的单位，请由本单位账号登录后办理。"
        ),
    ),
    Answer(
        question="机构显示“停止评价”，以前发的证书还有效吗？",
        answer="证书是否有效以证书状态为准。停止评价只影响停止之后的考试；因违规被作废的证书会逐本标明。",
    ),
    Answer(
        question="公示期内有异议怎么提？",
        answer="打开该公示，在页面下方填写异议内容即可，不需要登录。提交后得到一个回执码，凭回执码查询答复。",
        clauses=("LN24-2.1a",),
    ),
    Answer(
        question="平台怎么判断一家机构符不符合条件？",
        answer="按当地在该日施行的规则逐条判断，每条都写明出处。某地没有收录规则时，平台回答“没有已知规则”，不会拿别处的规则来套。",
    ),
    Answer(
        question="目录和公示的数据能下载吗？",
        answer=(
            "机构目录可以导出表格（XLSX、CSV）和开放数据（JSON），也可以通过接口取得，"
            "接口说明在 /api/v1/openapi.json。"
        ),
        clauses=("FS20-4.3",),
    ),
)
