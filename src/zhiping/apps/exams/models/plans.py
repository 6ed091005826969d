"""Plans, their sittings, who is assigned to them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from zhiping.apps.exams.states import PlanState, Role, SittingState, Subject


class MomentRange(Func):
    """The half-open range between two timestamps, as PostgreSQL's tstzrange."""

    function = "tstzrange"


class Plan(models.Model):
    """An exam plan (考核计划), declared before the sittings it holds (考前报备)."""

    number = models.CharField("计划编号", max_length=24, unique=True)
    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="plans", verbose_name="机构"
    )
    place = models.CharField("地区", max_length=6)
    title = models.CharField("计划名称", max_length=120)
    state = models.CharField("状态", max_length=12, choices=PlanState, default=PlanState.DRAFT)
    created_at = models.DateTimeField("创建时间")
    declared_on = models.DateField("报备日", null=True, blank=True)
    accepted_on = models.DateField("受理日", null=True, blank=True)
    due_on = models.DateField("受理期限", null=True, blank=True)
    verdict = models.JSONField("报备时判定", null=True, blank=True)
    opinion = models.CharField("受理意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核计划"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("place", "state", "due_on"), name="plan_queue"),
            models.Index(fields=("body", "state"), name="plan_by_body"),
        )

    def __str__(self) -> str:
        return self.title


class Sitting(models.Model):
    """A sitting (场次): one occupation, one level, one venue, one stretch of time."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sittings", verbose_name="计划")
    number = models.CharField("场次编号", max_length=28, unique=True)
    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="sittings", verbose_name="机构"
    )
    occupation_code = models.CharField("职业编码", max_length=12)
    occupation_name = models.CharField("职业名称", max_length=80)
    level = models.CharField("等级", max_length=1)
    venue = models.ForeignKey("registry.Venue", models.PROTECT, related_name="sittings", verbose_name="考点")
    place = models.CharField("考点地区", max_length=6)
    starts_at = models.DateTimeField("开考时间")
    ends_at = models.DateTimeField("结束时间")
    capacity = models.PositiveIntegerField("计划人数")
    state = models.CharField("状态", max_length=12, choices=SittingState, default=SittingState.PLANNED)
    results_uploaded_on = models.DateField("成绩上传日", null=True, blank=True)
    notice_from = models.DateField("成绩公示起始日", null=True, blank=True)
    notice_to = models.DateField("成绩公示截止日（不含）", null=True, blank=True)
    results_due_on = models.DateField("成绩上传期限", null=True, blank=True)
    review_due_on = models.DateField("考后审核期限", null=True, blank=True)
    review_opinion = models.CharField("审核意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "场次"
        ordering = ("-starts_at", "id")
        indexes = (
            models.Index(fields=("place", "state", "starts_at"), name="sitting_queue"),
            models.Index(fields=("body", "state", "starts_at"), name="sitting_by_body"),
        )
        constraints = (
            models.CheckConstraint(name="sitting_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        )

    def __str__(self) -> str:
        return self.number


class SittingSubject(models.Model):
    """A subject that a sitting examines (考核科目)."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="subjects", verbose_name="场次")
    subject = models.CharField("科目", max_length=14, choices=Subject)

    class Meta:
        verbose_name = verbose_name_plural = "考核科目"
        constraints = (models.UniqueConstraint(fields=("sitting", "subject"), name="sitting_subject_unique"),)

    def __str__(self) -> str:
        return self.get_subject_display()


class Assignment(models.Model):
    """A person's duty at a sitting (考评与督导安排).

    The sitting's times are repeated here so that the database itself refuses somebody in two places
    at once or in two roles at the same sitting. Rows that came from another system
    (`is_imported`) are kept as they came: screening finds what is wrong with them.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="assignments", verbose_name="场次")
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="assignments", verbose_name="人员"
    )
    role = models.CharField("岗位", max_length=20, choices=Role)
    grade = models.CharField("考评员类别", max_length=16, blank=True)
    qualified_from = models.DateField("证书起始日", null=True, blank=True)
    qualified_to = models.DateField("证书截止日（不含）", null=True, blank=True)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    is_cancelled = models.BooleanField("已取消", default=False)
    is_imported = models.BooleanField("外部导入", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "考评与督导安排"
        constraints = (
            models.UniqueConstraint(fields=("sitting", "person", "role"), name="assignment_unique"),
            ExclusionConstraint(
                name="assignment_one_place_at_a_time",
                expressions=(
                    ("person", RangeOperators.EQUAL),
                    (MomentRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ),
                condition=Q(is_cancelled=False, is_imported=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sitting} {self.person}"
