"""Dated lists kept by administrators."""

from django.db import models
from django.db.models import F, Q

CERTAINTIES = (("stated", "有明文"), ("uncertain", "待核实"))


class Cited(models.Model):
    """A row that says where it comes from and how sure that is (出处)."""

    certainty = models.CharField("确定程度", max_length=10, choices=CERTAINTIES)
    source = models.CharField("来源", max_length=200)

    class Meta:
        """Columns only; each list has its own table."""

        abstract = True


class Dated(Cited):
    """A cited row that counts from one day on and until another (施行期间), half-open."""

    valid_from = models.DateField("施行日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)

    class Meta:
        """Columns only; each list has its own table."""

        abstract = True


def _forward(name: str) -> models.CheckConstraint:
    """Return the check that a period ends after it starts."""
    return models.CheckConstraint(
        name=name, condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
    )


class OccupationalStandard(Dated):
    """A national occupational standard or an employer's norm (国家职业标准、评价规范) of one occupation.

    `generation` says which technical rules it was drafted under, hence which entry conditions bind.
    """

    class Kind(models.TextChoices):
        """Who made it."""

        NATIONAL = "national", "国家职业标准"
        NORM = "norm", "评价规范"

    occupation_code = models.CharField("职业编码", max_length=12)
    title = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    generation = models.CharField(
        "编制规程年代", max_length=4, choices=(("2018", "2018年版"), ("2023", "2023年版"))
    )
    levels = models.CharField("涵盖等级", max_length=10, default="54321")
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "职业标准"
        ordering = ("occupation_code", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("occupation_code", "kind", "title", "valid_from"), name="standard_unique"
            ),
            _forward("standard_period_forward"),
        )

    def __str__(self) -> str:
        return self.title


class ShortageOccupation(Dated):
    """An occupation on a city's list of scarce ones (急需紧缺职业目录)."""

    place = models.CharField("地区", max_length=6)
    occupation_code = models.CharField("职业编码", max_length=12)
    valid_from = models.DateField("起始日")
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "急需紧缺职业"
        ordering = ("place", "occupation_code")
        constraints = (
            models.UniqueConstraint(
                fields=("place", "occupation_code", "valid_from"), name="shortage_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} {self.occupation_code}"


class AccessQualification(Dated):
    """An access-type qualification (准入类职业资格) that bars an occupation from level recognition."""

    occupation_code = models.CharField("职业编码", max_length=12)
    title = models.CharField("职业资格名称", max_length=120)
    valid_from = models.DateField("起始日")
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "准入类职业资格"
        ordering = ("occupation_code",)

    def __str__(self) -> str:
        return self.title


class WorkdayOverride(models.Model):
    """An administrator's word on one day (工作日调整), over the vendored calendar."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是否工作日")
    note = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "工作日调整"
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {'工作日' if self.is_workday else '休息日'}"


class DirectoryEdition(Dated):
    """An edition of a qualification directory that administrators keep (职业资格目录版本).

    A province's list, or the nation's directory where it is entered in full. It decides nothing before it is
    published, and then from `valid_from` on.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFTED = "drafted", "整理中"
        PUBLISHED = "published", "已公布"

    place = models.CharField("地区", max_length=6)
    code = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=120)
    document_number = models.CharField("文号", max_length=60)
    is_whole = models.BooleanField("名录完整", default=False)
    items_stated = models.PositiveIntegerField("公布项数", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTED)

    class Meta:
        verbose_name = verbose_name_plural = "职业资格目录版本"
        ordering = ("place", "valid_from")
        constraints = (
            models.UniqueConstraint(fields=("place", "code"), name="directory_edition_unique"),
            _forward("directory_edition_period_forward"),
        )

    def __str__(self) -> str:
        return self.title


class DirectoryItem(Cited):
    """An item or sub-item of an edition (职业资格), with who carries it out (GD18-4b)."""

    class Kind(models.TextChoices):
        """Whom it is for."""

        PROFESSIONAL = "professional", "专业技术人员职业资格"
        SKILLED = "skilled", "技能人员职业资格"

    class Type(models.TextChoices):
        """Whether one may do the work without it."""

        ACCESS = "access", "准入类"
        LEVEL = "level", "水平评价类"

    edition = models.ForeignKey(DirectoryEdition, models.PROTECT, related_name="items", verbose_name="版本")
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    item = models.CharField("职业资格名称", max_length=120)
    sub_item = models.CharField("具体项目", max_length=120, blank=True)
    kind = models.CharField("人员类别", max_length=12, choices=Kind)
    type = models.CharField("资格类别", max_length=10, choices=Type)
    department = models.CharField("实施部门（单位）", max_length=200, blank=True)
    body = models.CharField("组织实施机构", max_length=200, blank=True)
    formerly = models.CharField("原名称", max_length=120, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录内职业资格"
        ordering = ("edition", "number", "id")
        constraints = (
            models.UniqueConstraint(fields=("edition", "item", "sub_item"), name="directory_item_unique"),
        )

    def __str__(self) -> str:
        return f"{self.item}（{self.sub_item}）" if self.sub_item else self.item


class CancelledQualification(Cited):
    """A cancelled item entered from a full list (已取消的职业资格许可和认定事项), JL17-1a.

    `place` is the nation's code for what the State Council cancelled, else the province that did.
    """

    place = models.CharField("取消层级", max_length=6)
    batch = models.CharField("批次", max_length=20)
    name = models.CharField("项目名称", max_length=120)
    set_by = models.CharField("实施部门（单位）", max_length=200, blank=True)
    kind = models.CharField("人员类别", max_length=12, choices=DirectoryItem.Kind, blank=True)
    type = models.CharField("资格类别", max_length=10, choices=DirectoryItem.Type, blank=True)
    successor = models.CharField("衔接项目", max_length=120, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "取消事项"
        ordering = ("place", "batch", "id")
        constraints = (
            models.UniqueConstraint(fields=("place", "batch", "name"), name="cancelled_item_unique"),
        )

    def __str__(self) -> str:
        return self.name


class TrackerAssignment(models.Model):
    """A department named to keep an eye on one cancelled item in one province (跟踪督查部门), JL17-1d."""

    place = models.CharField("省份", max_length=6)
    item_key = models.CharField("事项标识", max_length=160)
    item_name = models.CharField("项目名称", max_length=120)
    department = models.CharField("跟踪督查部门", max_length=80)
    note = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "跟踪督查分工"
        ordering = ("place", "item_name")
        constraints = (models.UniqueConstraint(fields=("place", "item_key"), name="tracker_unique"),)

    def __str__(self) -> str:
        return f"{self.item_name}：{self.department}"


class TrackingTask(models.Model):
    """One look at one cancelled item (跟踪督查任务): has it come back, under any name; JL17-1d."""

    class State(models.TextChoices):
        """Whether it was answered."""

        OPEN = "open", "待答复"
        ANSWERED = "answered", "已答复"

    class Result(models.TextChoices):
        """What the department found."""

        NONE_FOUND = "none_found", "未发现恢复"
        REVIVED = "revived", "发现恢复或变相恢复"
        DEALT_WITH = "dealt_with", "发现并已纠正"

    place = models.CharField("省份", max_length=6)
    item_key = models.CharField("事项标识", max_length=160)
    item_name = models.CharField("项目名称", max_length=120)
    batch = models.CharField("批次", max_length=20)
    department = models.CharField("跟踪督查部门", max_length=80)
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    result = models.CharField("督查结果", max_length=12, choices=Result, blank=True)
    answer = models.TextField("情况说明", blank=True)
    opened_at = models.DateTimeField("下达时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟踪督查任务"
        ordering = ("due_on", "department", "item_name")
        constraints = (
            models.UniqueConstraint(fields=("place", "item_key", "due_on"), name="tracking_task_unique"),
            models.CheckConstraint(
                name="tracking_task_answered_with_result",
                condition=Q(state="open", result="", answered_at__isnull=True)
                | (Q(state="answered", answered_at__isnull=False) & ~Q(result="")),
            ),
        )
        indexes = (models.Index(fields=("place", "state", "due_on"), name="tracking_task_queue"),)

    def __str__(self) -> str:
        return f"{self.item_name}（{self.due_on}）"


class Equivalence(Dated):
    """What a skill level, qualification or school class is held equal to (比照), JL17-3b."""

    class BasisKind(models.TextChoices):
        """What somebody holds."""

        SKILL_LEVEL = "skill_level", "职业技能等级"
        QUALIFICATION = "qualification", "职业资格"
        SCHOOL_CLASS = "school_class", "技工院校班次"

    class CounterpartKind(models.TextChoices):
        """What it is held equal to."""

        TITLE = "title", "职称"
        EDUCATION = "education", "学历"

    place = models.CharField("地区", max_length=6)
    basis_kind = models.CharField("比照依据", max_length=14, choices=BasisKind)
    basis = models.CharField("依据内容", max_length=60)
    counterpart_kind = models.CharField("比照对象", max_length=10, choices=CounterpartKind)
    counterpart = models.CharField("对象内容", max_length=60)
    effect = models.CharField("比照效力", max_length=60)
    condition = models.CharField("附加条件", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=60)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "比照关系"
        ordering = ("place", "basis_kind", "basis", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("place", "basis_kind", "basis", "counterpart_kind", "counterpart", "valid_from"),
                name="equivalence_unique",
            ),
            _forward("equivalence_period_forward"),
        )

    def __str__(self) -> str:
        return f"{self.basis} {self.counterpart}"


class Rate(Dated):
    """A fee or a subsidy of a place (收费标准、补贴标准), WH21-5.2, JL17-3b."""

    class Kind(models.TextChoices):
        """Which way the money goes."""

        FEE = "fee", "收费标准"
        SUBSIDY = "subsidy", "补贴标准"

    class EvaluationType(models.TextChoices):
        """For which kind of evaluation."""

        QUALIFICATION = "qualification_evaluation", "职业资格评价"
        RECOGNITION = "skill_level_recognition", "职业技能等级认定"
        ABILITY = "special_ability_assessment", "专项职业能力考核"

    kind = models.CharField("类别", max_length=8, choices=Kind)
    place = models.CharField("地区", max_length=6)
    evaluation_type = models.CharField("评价类型", max_length=28, choices=EvaluationType)
    subject = models.CharField("项目", max_length=120)
    level = models.CharField("等级", max_length=1, blank=True)
    amount_fen = models.BigIntegerField("金额（分）")
    unit = models.CharField("计价单位", max_length=20)
    document_number = models.CharField("文号", max_length=60)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收费与补贴标准"
        ordering = ("kind", "place", "evaluation_type", "subject", "level", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "place", "evaluation_type", "subject", "level", "valid_from"),
                name="rate_unique",
            ),
            models.CheckConstraint(name="rate_not_negative", condition=Q(amount_fen__gte=0)),
            _forward("rate_period_forward"),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.level}"


class CatalogueImport(models.Model):
    """A workbook with rows of a dated list (目录导入): preview first, then the good rows."""

    class State(models.TextChoices):
        """How far it is."""

        PREVIEWED = "previewed", "待确认"
        APPLIED = "applied", "已导入"

    class Kind(models.TextChoices):
        """Which list it brings."""

        DIRECTORY = "directory", "职业资格目录"
        CANCELLED = "cancelled", "取消事项清单"
        STANDARDS = "standards", "职业标准"
        SHORTAGES = "shortages", "急需紧缺职业目录"
        EQUIVALENCES = "equivalences", "比照表"
        FEES = "fees", "收费标准"
        SUBSIDIES = "subsidies", "补贴标准"

    kind = models.CharField("目录", max_length=14, choices=Kind)
    place = models.CharField("地区", max_length=6)
    edition = models.ForeignKey(
        DirectoryEdition, models.PROTECT, null=True, blank=True, related_name="imports", verbose_name="版本"
    )
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    content = models.BinaryField("文件")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEWED)
    rows_total = models.PositiveIntegerField("总行数")
    rows_good = models.PositiveIntegerField("合格行数")
    rows_bad = models.PositiveIntegerField("不合格行数")
    rows_added = models.PositiveIntegerField("新增行数")
    rows_changed = models.PositiveIntegerField("更改行数")
    problems = models.JSONField("不合格原因", default=list)
    uploaded_by = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录导入"
        ordering = ("-uploaded_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "place", "edition", "sha256"),
                nulls_distinct=False,
                name="catalogue_import_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"

    @property
    def rows_unchanged(self) -> int:
        """Return how many good rows are on record as they are."""
        return self.rows_good - self.rows_added - self.rows_changed
