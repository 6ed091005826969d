"""Ability projects, their specifications, and the way of a specification into the directory."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from zhiping.apps.reference.models.handovers import DayRange
from zhiping.apps.reference.states import SpecificationState


class AbilityProject(models.Model):
    """A project of the directory of specific-ability assessments (专项职业能力考核项目), WH21-1.

    `place` is where the project is used: the city whose directory lists it. It is on the directory on a day
    where one of its versions counts that day.
    """

    place = models.CharField("使用地区", max_length=6)
    province = models.CharField("省份", max_length=6)
    name = models.CharField("项目名称", max_length=80)
    field = models.CharField("职业领域", max_length=80, blank=True)
    listed_at = models.DateTimeField("首次纳入目录时间")

    class Meta:
        verbose_name = verbose_name_plural = "专项职业能力考核项目"
        ordering = ("place", "name")
        constraints = (models.UniqueConstraint(fields=("place", "name"), name="ability_project_unique"),)

    def __str__(self) -> str:
        return self.name


class SpecificationCall(models.Model):
    """A district's call for projects and their specifications (征集), WH21-4, with the day it is due."""

    class State(models.TextChoices):
        """Whether drafts are still taken in."""

        OPEN = "open", "征集中"
        CLOSED = "closed", "已结束"

    place = models.CharField("区市", max_length=6)
    title = models.CharField("征集标题", max_length=120)
    text = models.TextField("征集范围与要求")
    due_on = models.DateField("截止日")
    state = models.CharField("状态", max_length=6, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField("发起时间")
    opened_by = models.CharField("发起人", max_length=80)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closing_note = models.CharField("征集结果", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核规范征集"
        ordering = ("-due_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="specification_call_closed_told",
                condition=Q(state="open", closed_at__isnull=True)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closing_note="")),
            ),
        )
        indexes = (models.Index(fields=("place", "state", "due_on"), name="specification_call_queue"),)

    def __str__(self) -> str:
        return self.title


class Specification(models.Model):
    """A specification of a project on its way into the directory (专项职业能力考核规范), WH21-4.

    `sections` are section code → text, the codes being those of the fact `specification_sections`;
    `weights` are the work tasks with their percentages, as `{"task": …, "percent": "…"}`.
    """

    call = models.ForeignKey(
        SpecificationCall, models.PROTECT, related_name="specifications", verbose_name="征集"
    )
    place = models.CharField("区市", max_length=6)
    name = models.CharField("项目名称", max_length=80)
    field = models.CharField("职业领域", max_length=80, blank=True)
    unit = models.CharField("编写单位", max_length=120)
    revises = models.ForeignKey(
        AbilityProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name="修订的项目",
    )
    sections = models.JSONField("各部分", default=dict)
    weights = models.JSONField("考核比重", default=list)
    is_smallest_unit = models.BooleanField("针对最小技能单元", null=True, blank=True)
    covered_by_standard = models.BooleanField("国家职业标准已有相应模块", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=16, choices=SpecificationState, default=SpecificationState.DRAFTED
    )
    drafted_at = models.DateTimeField("登记时间")
    filing_number = models.CharField("部备案编号", max_length=60, blank=True)
    filed_on = models.DateField("部备案日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专项职业能力考核规范"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="specification_filed_with_number",
                condition=(Q(filed_on__isnull=True) & Q(filing_number=""))
                | (Q(filed_on__isnull=False) & ~Q(filing_number="")),
            ),
            models.CheckConstraint(
                name="specification_published_filed",
                condition=~Q(state__in=("filed", "published")) | Q(filed_on__isnull=False),
            ),
        )
        indexes = (models.Index(fields=("place", "state"), name="specification_by_place"),)

    def __str__(self) -> str:
        return self.name


class SpecificationStep(models.Model):
    """One step of a specification's way (规范办理记录), with the verdict frozen where the law was asked."""

    specification = models.ForeignKey(
        Specification, models.PROTECT, related_name="steps", verbose_name="规范"
    )
    verb = models.CharField("环节", max_length=20)
    from_state = models.CharField("原状态", max_length=16, blank=True)
    to_state = models.CharField("新状态", max_length=16)
    at = models.DateTimeField("时间")
    actor_name = models.CharField("办理人", max_length=80)
    office = models.ForeignKey(
        "authorities.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理机关",
    )
    opinion = models.TextField("意见", blank=True)
    verdict = models.JSONField("判定", null=True, blank=True)
    content = models.JSONField("当时的规范文本", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规范办理记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.specification_id} {self.verb}"


class ExpertArgument(models.Model):
    """What the province's experts argued about a specification (专家论证), WH21-4."""

    class Conclusion(models.TextChoices):
        """How it ended."""

        PASSED = "passed", "通过"
        TO_CORRECT = "to_correct", "修改后再论证"
        REFUSED = "refused", "不通过"

    specification = models.ForeignKey(
        Specification, models.PROTECT, related_name="arguments", verbose_name="规范"
    )
    argued_on = models.DateField("论证日期")
    experts = models.PositiveSmallIntegerField("专家人数")
    expert_names = models.CharField("专家名单", max_length=300)
    opinion = models.TextField("论证意见")
    conclusion = models.CharField("论证结论", max_length=12, choices=Conclusion)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.CharField("记录人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "专家论证"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="expert_argument_by_experts", condition=Q(experts__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.specification_id} {self.argued_on}"


class ProjectVersion(models.Model):
    """A specification as a version of its project (项目版本), in force for half-open days."""

    project = models.ForeignKey(AbilityProject, models.PROTECT, related_name="versions", verbose_name="项目")
    number = models.PositiveSmallIntegerField("版次")
    specification = models.OneToOneField(
        Specification, models.PROTECT, related_name="version", verbose_name="规范"
    )
    valid_from = models.DateField("施行日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    published_at = models.DateTimeField("公布时间")
    ended_reason = models.CharField("退出原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核项目版本"
        ordering = ("project", "number")
        constraints = (
            models.UniqueConstraint(fields=("project", "number"), name="project_version_unique"),
            models.CheckConstraint(
                name="project_version_period_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="project_version_one_a_day",
                expressions=(
                    ("project", RangeOperators.EQUAL),
                    (DayRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.project} 第{self.number}版"
