"""The forms of this portal: what a clerk types, checked for shape only; rules judge in the actions."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import BooleanField, PositiveIntegerField

from zhiping.apps.exams.actions import ARCHIVE_KINDS
from zhiping.apps.exams.models import Enrolment
from zhiping.apps.exams.states import IncidentKind, PlanState, SittingState
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.actions.filings import DECLARED_FIELDS
from zhiping.apps.registry.models import Assessor, Document, Filing, Kinship, StaffMember, Venue
from zhiping.apps.registry.states import FilingState
from zhiping.core.catalogues.industries import industries
from zhiping.core.roster.lists import EDUCATION, OFFERED_EDUCATION
from zhiping.kernel.clock import CHINA
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.occupations import occupation_words
from zhiping.ui.labels import level

LEVELS = [(code, level(code)) for code in "54321"]
PAPERS = [
    (word, word)
    for word in (
        "居民身份证",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "外国人永久居留身份证",
        "护照",
    )
]
EVERY = ("", "全部")
RESULTS_DUE = ("results_due", "待处理成绩")
"""Sittings whose results the body has to upload, publish or correct."""


class DayField(forms.DateField):
    """A day, entered with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MomentField(forms.DateTimeField):
    """A moment in China's time."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def prepare_value(self, value: Any) -> Any:
        """Show the moment in China's time."""
        return value.astimezone(CHINA) if isinstance(value, dt.datetime) else super().prepare_value(value)


# --- the body -----------------------------------------------------------------------------------


PUBLISHED_KINDS = ("exam_affairs_rules", "paper_rules", "quality_rules", "certificate_rules", "fee_rules")
"""The management rules that are made known to the public (LN24-2.3b, FS20-4.3)."""

PROFILE_HINTS = {"fee_statement": "FS20-4.3"}
VENUE_HINTS = {"has_video": "FS20-E3", "stations": "FS20-E3"}


def bound_hints(hints: Mapping[str, str], *, place: str, on: dt.date) -> dict[str, str]:
    """Return the hints whose clause binds at the place: one city's clause is none of another's."""
    bound = set(binding_clauses(set(hints.values()), place=place, on=on))
    return {name: clause for name, clause in hints.items() if clause in bound}


class ProfileForm(forms.Form):
    """What the public directory shows of the body."""

    clauses: dict[str, str] = {}  # noqa: RUF012 (each form is given its own)

    address = forms.CharField(label="地址", max_length=200)
    contact_name = forms.CharField(label="联系人", max_length=40)
    contact_phone = forms.CharField(
        label="联系电话", max_length=30, help_text="公众可以看到，请填写单位电话。"
    )
    fee_statement = forms.CharField(
        label="收费标准",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="按职业和等级逐项写明；免费的也要写明。",
    )


class DocumentForm(forms.Form):
    """One file with what it is evidence of."""

    kind = forms.ChoiceField(label="材料类别")
    file = forms.FileField(label="文件", help_text="PDF、JPG、PNG、DOCX 或 XLSX，不超过 20 MB。")

    def __init__(self, *args: Any, kinds: Sequence[str] = (), **kwargs: Any) -> None:
        """Offer the kinds that the page is about; all of them by default."""
        super().__init__(*args, **kwargs)
        offered = [one for one in Document.Kind if one.value in kinds] if kinds else list(Document.Kind)
        self.fields["kind"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined] # a ChoiceField

    @classmethod
    def for_rules(cls, *args: Any, **kwargs: Any) -> "DocumentForm":
        """Return the form for the management rules that a body publishes."""
        return cls(*args, kinds=PUBLISHED_KINDS, **kwargs)


# --- filings ------------------------------------------------------------------------------------

_STANDING = (
    "registered_in_city",
    "is_legal_person",
    "is_operating_lawfully",
    "has_bad_credit_record",
)
_UNIT = ("has_own_unit", "full_time_staff", "experts", "internal_supervisors")
_GROUPS: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "employer": (
        ("主体资格", "按营业执照和信用记录填写。", _STANDING),
        (
            "企业规模",
            "行业代码按《国民经济行业分类》填写，规模由系统按统计上大中小微型企业划分办法计算。",
            ("main_business_code", "staff_count", "revenue_wan", "assets_wan", "insured_headcount"),
        ),
        ("机构与人员", "已在“人员”中登记的，以登记人数为准。", _UNIT),
        (
            "资源与保障",
            "",
            (
                "can_develop_resources",
                "draws_education_funds_in_full",
                "has_stable_funds",
                "is_nonprofit_undertaken",
            ),
        ),
    ),
    "social_body": (
        (
            "主体资格",
            "按登记证照和信用记录填写。",
            (*_STANDING, "main_duty_is_talent_training", "opens_city_wide"),
        ),
        (
            "培训评价规模",
            "按可以佐证的数据填写。",
            ("experience_years", "person_times_total", "person_times_evaluated"),
        ),
        ("机构与人员", "已在“人员”中登记的，以登记人数为准。", _UNIT),
        ("经费与承诺", "", ("has_stable_funds", "can_develop_resources", "is_nonprofit_undertaken")),
        (
            "择优条件",
            "没有的不用勾选，不影响申请。",
            ("prior_pilot", "engineer_pilot", "took_part_in_standards", "is_provincial_base"),
        ),
    ),
    "school": (
        (
            "主体资格",
            "按办学许可和信用记录填写。",
            (*_STANDING, "serves_own_students_only", "is_provincial_pilot_school"),
        ),
        ("机构与人员", "已在“人员”中登记的，以登记人数为准。", _UNIT),
        ("经费与承诺", "", ("has_stable_funds", "can_develop_resources", "is_nonprofit_undertaken")),
    ),
}
_CLAUSES: Mapping[str, Mapping[str, str]] = {
    "employer": {
        "registered_in_city": "FS20-E1",
        "is_legal_person": "FS20-E1",
        "is_operating_lawfully": "FS20-E1",
        "has_bad_credit_record": "FS20-E1",
        "main_business_code": "FS20-E1",
        "insured_headcount": "FS20-E2",
        "has_own_unit": "FS20-E5",
        "full_time_staff": "FS20-E5",
        "experts": "FS20-E5",
        "internal_supervisors": "FS20-E5",
        "can_develop_resources": "FS20-E7",
        "draws_education_funds_in_full": "FS20-E8",
        "has_stable_funds": "FS20-E8",
        "is_nonprofit_undertaken": "FS20-E8",
    },
    "social_body": {
        "registered_in_city": "FS20-S1",
        "main_duty_is_talent_training": "FS20-S1",
        "experience_years": "FS20-S2",
        "person_times_total": "FS20-S2",
        "person_times_evaluated": "FS20-S2",
        "has_own_unit": "FS20-S3",
        "full_time_staff": "FS20-S3",
        "experts": "FS20-S3",
        "has_stable_funds": "FS20-S3",
        "is_nonprofit_undertaken": "FS20-S4",
        "prior_pilot": "FS20-P1",
        "engineer_pilot": "FS20-P2",
        "took_part_in_standards": "FS20-P3",
        "is_provincial_base": "FS20-P4",
    },
    "school": {"serves_own_students_only": "FS20-2", "is_provincial_pilot_school": "FS20-2"},
}


def clause_hints(kind: str) -> Mapping[str, str]:
    """Return which clause asks for which declared field of a kind of body."""
    return _CLAUSES.get(kind, {})


class DeclarationForm(forms.Form):
    """What the applicant declares; the fields are those that the rules for its kind of body ask for."""

    def __init__(self, *args: Any, kind: str, clauses: Mapping[str, str], **kwargs: Any) -> None:
        """Build the fields from the columns of the filing."""
        super().__init__(*args, **kwargs)
        self.fieldsets = _GROUPS[kind]
        self.clauses = dict(clauses)
        for _, _, names in self.fieldsets:
            for name in names:
                self.fields[name] = _field_of(Filing._meta.get_field(name))

    def clean_main_business_code(self) -> str:
        """Refuse an industry code that the classification does not have."""
        code: str = self.cleaned_data["main_business_code"]
        if code:
            try:
                industries().path(code)
            except DomainError as refusal:
                raise forms.ValidationError(
                    f"国民经济行业分类中没有“{code}”。请填写两位到四位数字的行业代码。"
                ) from refusal
        return code


def _field_of(column: Any) -> forms.Field:
    label = str(column.verbose_name)
    if isinstance(column, BooleanField):
        return forms.BooleanField(label=label, required=False)
    if isinstance(column, PositiveIntegerField):
        number = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
        return forms.IntegerField(
            label=label, required=False, min_value=0, max_value=2_000_000_000, widget=number
        )
    return forms.CharField(label=label, required=False, max_length=column.max_length)


def declared_values(filing: Filing) -> dict[str, object]:
    """Return what the filing declares so far."""
    return {name: getattr(filing, name) for name in DECLARED_FIELDS}


class LineForm(forms.Form):
    """One occupation applied for."""

    levels = forms.MultipleChoiceField(label="申报等级", choices=LEVELS, widget=forms.CheckboxSelectMultiple)
    standard = forms.ChoiceField(
        label="职业标准或评价规范",
        required=False,
        help_text="列出的是目前施行的标准；没有列出的请联系主管部门登记。",
    )
    venue = forms.ChoiceField(label="考点", required=False, help_text="先在“考点”中登记场地和工位。")
    applicants = forms.IntegerField(label="申报同一等级职工人数", required=False, min_value=0)
    person_times = forms.IntegerField(label="该职业培训评价人次", required=False, min_value=0)
    relates_to_main_business = forms.BooleanField(label="与主营业务直接相关", required=False)
    is_main_production_line = forms.BooleanField(label="属生产一线的主体技能职业", required=False)
    has_influence = forms.BooleanField(label="业内有影响力、技能含量较高", required=False)
    norm_follows_drafting_rules = forms.BooleanField(
        label="评价规范按编制技术规程（2023年版）制定",
        required=False,
        help_text="采用国家职业标准的不用勾选。",
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        standards: Iterable[Any],
        venues: Iterable[Venue],
        clauses: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """Offer the standards in force and the body's own venues; drop what the kind is not asked for."""
        super().__init__(*args, **kwargs)
        _offer(
            self,
            "standard",
            [("", "未选择"), *((one.pk, f"{one.title}（{one.generation} 年版）") for one in standards)],
        )
        _offer(self, "venue", [("", "未选择"), *((one.pk, one.name) for one in venues)])
        self.clauses = dict(clauses)
        employers_only = (
            "applicants",
            "relates_to_main_business",
            "is_main_production_line",
            "has_influence",
        )
        for name in employers_only if kind != "employer" else ("person_times",):
            del self.fields[name]


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined] # a ChoiceField


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FilingFilters(forms.Form):
    """Which filings to list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[EVERY, *FilingState.choices])


# --- people and venues --------------------------------------------------------------------------


class PersonForm(forms.Form):
    """A person as the identity paper tells."""

    name = forms.CharField(label="姓名", max_length=60)
    paper_kind = forms.ChoiceField(label="证件类型", choices=PAPERS)
    number = forms.CharField(
        label="证件号码",
        max_length=30,
        help_text="加密保存；页面上只显示首尾几位。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class StaffForm(PersonForm):
    """Somebody on the staff."""

    role = forms.ChoiceField(label="岗位", choices=StaffMember.Role.choices)
    is_full_time = forms.BooleanField(label="专职", required=False, initial=True)
    valid_from = DayField(label="起始日")


class AssessorForm(PersonForm):
    """An assessor with the card that entitles."""

    grade = forms.ChoiceField(
        label="类别", choices=Assessor.Grade.choices, help_text="考评员评五级至三级，高级考评员可评各等级。"
    )
    certificate_number = forms.CharField(label="考评员证号", max_length=40)
    occupations = forms.CharField(
        label="可考评职业",
        help_text="职业名称或编码，多个用顿号隔开，如：电工、车工。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    valid_from = DayField(label="证书起始日")
    valid_through = DayField(
        label="证书有效期至", required=False, help_text="证书上印的最后一天；长期有效的不填。"
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_through")
        if first and last and last < first:
            self.add_error("valid_through", "有效期止早于起始日。请对照证书核对。")
        return cleaned


class TieForm(PersonForm):
    """A tie that bars an assessor from examining somebody."""

    tie = forms.ChoiceField(label="关系", choices=Kinship.Tie.choices)


class PeopleFilters(forms.Form):
    """Which people to list."""

    name = forms.CharField(label="姓名", required=False)
    standing = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("current", "在岗（有效）"), ("soon", "即将到期"), ("ended", "已离岗（失效）"), EVERY],
    )


class VenueForm(forms.Form):
    """A venue; its workstations are entered line by line."""

    clauses: dict[str, str] = {}  # noqa: RUF012 (each form is given its own)

    name = forms.CharField(label="考点名称", max_length=120)
    place = forms.ChoiceField(label="所在地")
    address = forms.CharField(label="地址", max_length=200)
    capacity = forms.IntegerField(label="同时容纳人数", min_value=0, max_value=100_000)
    has_video = forms.BooleanField(label="有视频监控", required=False)
    is_in_use = forms.BooleanField(label="在用", required=False, initial=True)
    stations = forms.CharField(
        label="工位",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个职业：职业名称或编码，空格，工位数。例如：电工 20",
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the districts of the body's city."""
        super().__init__(*args, **kwargs)
        _offer(self, "place", places)


# --- exams --------------------------------------------------------------------------------------


class PlanForm(forms.Form):
    """A new plan."""

    title = forms.CharField(label="计划名称", max_length=120, help_text="例如：2026年第四季度电工等级认定。")


class PlanFilters(forms.Form):
    """Which plans to list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[EVERY, *PlanState.choices])


class SittingForm(forms.Form):
    """A sitting; what may be examined is what the scope in force offers."""

    scope = forms.ChoiceField(label="职业和等级", help_text="只列出目前备案范围内的职业和等级。")
    venue = forms.ChoiceField(label="考点")
    starts_at = MomentField(label="开考时间")
    ends_at = MomentField(label="结束时间")
    capacity = forms.IntegerField(label="计划人数", min_value=1, max_value=100_000)

    def __init__(self, *args: Any, scope: Iterable[Any], venues: Iterable[Venue], **kwargs: Any) -> None:
        """Offer the scope in force and the venues in use."""
        super().__init__(*args, **kwargs)
        lines = {
            f"{one.occupation_code}|{one.level}": f"{one.occupation_name} {level(one.level)}" for one in scope
        }
        _offer(self, "scope", list(lines.items()))
        _offer(self, "venue", [(one.pk, f"{one.name}（容纳 {one.capacity} 人）") for one in venues])


class SittingFilters(forms.Form):
    """Which sittings to list."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[EVERY, RESULTS_DUE, *SittingState.choices]
    )
    occupation = forms.CharField(label="职业", required=False)


class CandidateForm(PersonForm):
    """One candidate enrolled by hand, with the grounds stated for eligibility."""

    phone = forms.CharField(label="手机号码", max_length=20, required=False)
    candidate_kind = forms.ChoiceField(label="考生身份", choices=Enrolment.CandidateKind.choices)
    entry_condition = forms.ChoiceField(label="申报条件")
    years = forms.IntegerField(label="累计工作年限（年）", required=False, min_value=0, max_value=70)
    prior_level = forms.ChoiceField(label="已有证书等级", required=False, choices=[("", "没有"), *LEVELS])
    prior_issued_on = DayField(label="已有证书核发日", required=False)
    education = forms.ChoiceField(
        label="文化程度",
        required=False,
        choices=[("", "未填"), *((word, word) for word in OFFERED_EDUCATION)],
    )
    employer_name = forms.CharField(label="所在单位", max_length=120, required=False)

    def __init__(self, *args: Any, conditions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the entry conditions of the sitting's level."""
        super().__init__(*args, **kwargs)
        _offer(self, "entry_condition", conditions)

    def clean_education(self) -> str:
        """Return the class of education that the entry conditions speak of."""
        word: str = self.cleaned_data["education"]
        return EDUCATION[word] if word else ""


class CandidateFilters(forms.Form):
    """Which candidates to list."""

    name = forms.CharField(label="姓名或准考证号", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[EVERY, *Enrolment.State.choices])


class RosterForm(forms.Form):
    """A spreadsheet."""

    file = forms.FileField(label="文件")


class IncidentForm(forms.Form):
    """Something out of order on the exam day, from the closed list."""

    kind = forms.ChoiceField(label="情况", choices=IncidentKind.choices)
    enrolment = forms.ChoiceField(label="涉及考生", required=False)
    note = forms.CharField(label="说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        """Offer the sitting's candidates."""
        super().__init__(*args, **kwargs)
        people = [(one.pk, f"{one.ticket[-5:]} {one.person.name}") for one in enrolments]
        _offer(self, "enrolment", [("", "不涉及具体考生"), *people])


class ArchiveForm(forms.Form):
    """One item of the archive manifest."""

    kind = forms.ChoiceField(label="材料", choices=[(kind, kind) for kind in ARCHIVE_KINDS])
    file = forms.FileField(label="文件")
    keep_until = DayField(label="保存至")


def occupations_of(assessor: Assessor) -> str:
    """Return the occupations of an assessor for people."""
    return occupation_words(one.occupation_code for one in assessor.occupations.all())
