"""Filings and everything that happens to one on its way."""

from django.db import models
from django.db.models import F, Q

from zhiping.apps.registry.states import FilingState


class Filing(models.Model):
    """A filing (备案): the act and the dossier with which a body asks to enter the register.

    What the applicant declares stands in columns, one per fact that a rule asks for; what the system
    can find out itself (bars, assessors, stations, documents, headcount from the feed) is not
    declared but read in `facts`.
    """

    class HeadcountSource(models.TextChoices):
        """Where the insured headcount comes from (FS20-E2)."""

        FEED = "feed", "社保数据"
        DECLARED = "declared", "机构申报"

    number = models.CharField("备案编号", max_length=24, unique=True)
    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="filings", verbose_name="机构"
    )
    place = models.CharField("受理地区", max_length=6)
    state = models.CharField("状态", max_length=20, choices=FilingState, default=FilingState.DRAFT)
    created_at = models.DateTimeField("创建时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    accepted_on = models.DateField("受理日", null=True, blank=True)
    confirmed_on = models.DateField("确认日", null=True, blank=True)
    due_on = models.DateField("本环节办理期限", null=True, blank=True)
    verdict = models.JSONField("提交时判定", null=True, blank=True)

    registered_in_city = models.BooleanField("在本市依法注册", default=True)
    is_legal_person = models.BooleanField("独立法人", default=True)
    is_operating_lawfully = models.BooleanField("依法经营、管理规范", default=True)
    has_bad_credit_record = models.BooleanField("有违法违规或失信记录", default=False)
    main_business_code = models.CharField("主营业务行业代码", max_length=4, blank=True)
    staff_count = models.PositiveIntegerField("从业人员（人）", null=True, blank=True)
    revenue_wan = models.PositiveIntegerField("营业收入（万元）", null=True, blank=True)
    assets_wan = models.PositiveIntegerField("资产总额（万元）", null=True, blank=True)
    insured_headcount = models.PositiveIntegerField("本市参保职工（人）", null=True, blank=True)
    insured_headcount_source = models.CharField(
        "参保人数来源", max_length=8, choices=HeadcountSource, default=HeadcountSource.DECLARED
    )
    has_own_unit = models.BooleanField("有专门机构", default=False)
    full_time_staff = models.PositiveIntegerField("专职管理人员（人）", null=True, blank=True)
    experts = models.PositiveIntegerField("专家（人）", null=True, blank=True)
    internal_supervisors = models.PositiveIntegerField("内部质量督导人员（人）", null=True, blank=True)
    can_develop_resources = models.BooleanField("有标准、课程、试题等资源开发能力", default=False)
    draws_education_funds_in_full = models.BooleanField("职工教育经费足额提取并使用", default=False)
    has_stable_funds = models.BooleanField("经费有稳定保障", default=False)
    is_nonprofit_undertaken = models.BooleanField("承诺不以营利为目的", default=False)
    main_duty_is_talent_training = models.BooleanField("以人才培养服务为主要职责", default=False)
    opens_city_wide = models.BooleanField("面向全市开展", default=True)
    experience_years = models.PositiveIntegerField("连续培训评价年数", null=True, blank=True)
    person_times_total = models.PositiveIntegerField("累计培训评价人次", null=True, blank=True)
    person_times_evaluated = models.PositiveIntegerField("其中评价人次", null=True, blank=True)
    prior_pilot = models.BooleanField("曾获省级试点资格且无不良行为", default=False)
    engineer_pilot = models.BooleanField("承担过贯通试点工作", default=False)
    took_part_in_standards = models.BooleanField("参与过标准、大纲、教材、题库编制", default=False)
    is_provincial_base = models.BooleanField("省级高技能人才培训基地", default=False)
    serves_own_students_only = models.BooleanField("只对本校学生开展认定", default=False)
    is_provincial_pilot_school = models.BooleanField("省级认定试点技工院校", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "备案"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("place", "state", "due_on"), name="filing_queue"),
            models.Index(fields=("body", "state"), name="filing_by_body"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("body",),
                name="filing_one_open_per_body",
                condition=Q(
                    state__in=(
                        "draft",
                        "submitted",
                        "district_passed",
                        "city_passed",
                        "verified",
                        "in_notice",
                        "returned",
                    )
                ),
            ),
        )

    def __str__(self) -> str:
        return self.number


class FilingLine(models.Model):
    """One line of the scope applied for: an occupation with its levels (申报职业)."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="lines", verbose_name="备案")
    occupation_code = models.CharField("职业编码", max_length=12)
    occupation_edition = models.CharField("大典版本", max_length=4, default="2022")
    occupation_name = models.CharField("职业名称", max_length=80)
    levels = models.CharField("申报等级", max_length=5, default="543")
    standard = models.ForeignKey(
        "reference.OccupationalStandard", models.PROTECT, null=True, blank=True, verbose_name="标准或规范"
    )
    venue = models.ForeignKey("registry.Venue", models.PROTECT, null=True, blank=True, verbose_name="考点")
    applicants = models.PositiveIntegerField("申报同一等级职工人数", null=True, blank=True)
    relates_to_main_business = models.BooleanField("与主营业务直接相关", default=False)
    is_main_production_line = models.BooleanField("属生产一线的主体技能职业", default=False)
    has_influence = models.BooleanField("业内有影响力、技能含量较高", default=False)
    norm_follows_drafting_rules = models.BooleanField("评价规范按编制技术规程（2023年版）制定", default=False)
    person_times = models.PositiveIntegerField("该职业累计培训评价人次", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申报职业"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("filing", "occupation_code"), name="filing_line_unique"),
        )

    def __str__(self) -> str:
        return self.occupation_name


class Review(models.Model):
    """One step of a filing's way (审核环节): who said what, with the verdict frozen as it stood."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="reviews", verbose_name="备案")
    verb = models.CharField("环节", max_length=20)
    from_state = models.CharField("原状态", max_length=20, choices=FilingState)
    to_state = models.CharField("新状态", max_length=20, choices=FilingState)
    actor_id = models.CharField("操作者标识", max_length=40)
    actor_name = models.CharField("经办人", max_length=80)
    office = models.ForeignKey(
        "authorities.Office", models.PROTECT, null=True, blank=True, verbose_name="经办部门"
    )
    at = models.DateTimeField("时间")
    opinion = models.CharField("意见", max_length=1000, blank=True)
    verdict = models.JSONField("当时判定", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核环节"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.filing} {self.verb}"


class Waiver(models.Model):
    """An override of an 'in principle' rule (原则上条件的豁免), with its reason."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="waivers", verbose_name="备案")
    rule_id = models.CharField("规则", max_length=12)
    reason = models.CharField("理由", max_length=500)
    approved_by = models.CharField("批准人", max_length=80)
    actor_id = models.CharField("操作者标识", max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "豁免"
        constraints = (models.UniqueConstraint(fields=("filing", "rule_id"), name="waiver_unique"),)

    def __str__(self) -> str:
        return f"{self.filing} {self.rule_id}"


class Accountability(models.Model):
    """A record on the reviewer who passed what the upper level reversed (责任追溯, LN24-2.1b)."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="accountabilities", verbose_name="备案")
    review = models.OneToOneField(
        Review, models.PROTECT, related_name="accountability", verbose_name="被纠正的审核"
    )
    reversed_by = models.ForeignKey(Review, models.PROTECT, related_name="+", verbose_name="上级处理")
    place = models.CharField("地区", max_length=6)
    reason = models.CharField("原因", max_length=1000)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "责任追溯"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.filing} {self.review.actor_name}"


class OnsiteVisit(models.Model):
    """An on-site verification (实地核查)."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="visits", verbose_name="备案")
    visited_on = models.DateField("核查日期")
    inspectors = models.CharField("核查人员", max_length=200)
    conclusion = models.CharField("结论", max_length=1000, blank=True)
    recorded_by = models.CharField("记录人", max_length=80)
    at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "实地核查"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.filing} {self.visited_on}"


class OnsiteItem(models.Model):
    """One item of the on-site checklist (核查项目), built from the rules that bind the filing."""

    visit = models.ForeignKey(OnsiteVisit, models.PROTECT, related_name="items", verbose_name="核查")
    rule_id = models.CharField("规则", max_length=12)
    title = models.CharField("项目", max_length=200)
    clause = models.CharField("条款", max_length=60)
    is_met = models.BooleanField("符合")
    note = models.CharField("情况", max_length=500, blank=True)
    photo = models.ForeignKey(
        "registry.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )

    class Meta:
        verbose_name = verbose_name_plural = "核查项目"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class PublicNotice(models.Model):
    """A public notice (公示) of a filing, from its first day to the day after its last."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="notices", verbose_name="备案")
    place = models.CharField("地区", max_length=6)
    title = models.CharField("标题", max_length=200)
    starts_on = models.DateField("公示起始日")
    ends_on = models.DateField("公示截止日（不含）")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="public_notice_period_forward", condition=Q(ends_on__gt=F("starts_on"))
            ),
        )

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """An objection to a public notice (异议), and how it was dealt with."""

    class Outcome(models.TextChoices):
        """How it ended."""

        UPHELD = "upheld", "异议成立"
        REJECTED = "rejected", "异议不成立"

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    receipt = models.CharField("回执码", max_length=20, unique=True)
    content = models.CharField("内容", max_length=2000)
    contact = models.CharField("联系方式", max_length=120, blank=True)
    received_at = models.DateTimeField("收到时间")
    outcome = models.CharField("处理结果", max_length=10, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=2000, blank=True)
    answered_by = models.CharField("答复人", max_length=80, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.receipt
