"""Bodies, their scope, their accounts, their bars."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Left

from zhiping.apps.registry.states import BodyState


class DayRange(Func):
    """The half-open range of days between two date columns, as PostgreSQL's daterange."""

    function = "daterange"


class EvaluationBody(models.Model):
    """An evaluation body (评价机构): employer, social body or technical school.

    `place` is the district of registration; `site_code` is the six-digit serial in certificate
    numbers, given when the body first enters the register, unique within its province.
    """

    class Kind(models.TextChoices):
        """Which of the bodies of LN24-2.2a and FS20-2 it is."""

        EMPLOYER = "employer", "用人单位"
        SOCIAL_BODY = "social_body", "社会培训评价组织"
        SCHOOL = "school", "技工院校"

    name = models.CharField("机构名称", max_length=120)
    kind = models.CharField("机构类别", max_length=12, choices=Kind)
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    place = models.CharField("所在地", max_length=6)
    address = models.CharField("地址", max_length=200)
    contact_name = models.CharField("联系人", max_length=40)
    contact_phone = models.CharField("联系电话", max_length=30)
    industry_code = models.CharField("行业代码（GB/T 4754）", max_length=4, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    state = models.CharField("目录状态", max_length=10, choices=BodyState, default=BodyState.APPLICANT)
    site_code = models.CharField("站点序列码", max_length=6, blank=True)
    filed_on = models.DateField("首次入目录日", null=True, blank=True)
    state_reason = models.CharField("状态原因", max_length=300, blank=True)
    state_since = models.DateField("状态起始日", null=True, blank=True)
    fee_statement = models.TextField("收费标准", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价机构"
        ordering = ("place", "id")
        indexes = (models.Index(fields=("place", "state"), name="body_by_place"),)
        constraints = (
            models.UniqueConstraint(
                Left("place", 2),
                "site_code",
                name="body_site_code_unique_in_province",
                condition=~Q(site_code=""),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def province(self) -> str:
        """Return the two province digits of the place."""
        return self.place[:2]


class BodyAccess(models.Model):
    """An account that works for a body (机构用户授权)."""

    account = models.OneToOneField(
        "authorities.Account", models.PROTECT, related_name="body_access", verbose_name="账号"
    )
    body = models.ForeignKey(EvaluationBody, models.PROTECT, related_name="accesses", verbose_name="机构")

    class Meta:
        verbose_name = verbose_name_plural = "机构用户授权"

    def __str__(self) -> str:
        return f"{self.account} → {self.body}"


class ScopeLine(models.Model):
    """One line of a body's filed scope (备案范围): occupation × level × place × period.

    The database refuses two lines of the same body, occupation, level and place whose periods share
    a day.
    """

    body = models.ForeignKey(EvaluationBody, models.PROTECT, related_name="scope_lines", verbose_name="机构")
    occupation_code = models.CharField("职业编码", max_length=12)
    occupation_edition = models.CharField("大典版本", max_length=4, default="2022")
    occupation_name = models.CharField("职业名称", max_length=80)
    level = models.CharField("等级", max_length=1)
    place = models.CharField("评价地区", max_length=6)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    standard = models.ForeignKey(
        "reference.OccupationalStandard", models.PROTECT, null=True, blank=True, verbose_name="标准或规范"
    )
    filing = models.ForeignKey(
        "registry.Filing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scope_lines",
        verbose_name="备案",
    )

    class Meta:
        verbose_name = verbose_name_plural = "备案范围"
        ordering = ("body", "occupation_code", "-level", "valid_from")
        constraints = (
            models.CheckConstraint(
                name="scope_line_period_forward",  # an empty period: it never came into force
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="scope_line_no_overlap",
                expressions=(
                    ("body", RangeOperators.EQUAL),
                    ("occupation_code", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    (DayRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupation_name} {self.level}"


class Bar(models.Model):
    """A bar to filing again (不再受理备案), kept by credit code so that a new dossier does not shed it."""

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）")
    reason = models.CharField("原因", max_length=300)
    clause = models.CharField("依据", max_length=24)

    class Meta:
        verbose_name = verbose_name_plural = "不予受理期"
        indexes = (models.Index(fields=("credit_code",), name="bar_by_credit_code"),)

    def __str__(self) -> str:
        return f"{self.credit_code} {self.valid_from}–{self.valid_to}"
