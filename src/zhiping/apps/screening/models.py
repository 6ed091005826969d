"""Runs and what they found."""

from django.db import models

from zhiping.apps.screening.states import FindingState, Judgement, RunState


class Run(models.Model):
    """One screening (筛查) of a place as of a day, over a snapshot of all data."""

    place = models.CharField("地区", max_length=6)
    as_of = models.DateField("数据截止日")
    state = models.CharField("状态", max_length=8, choices=RunState, default=RunState.WAITING)
    step = models.CharField("进展", max_length=120, blank=True)
    steps_done = models.PositiveIntegerField("已完成步骤", default=0)
    steps_total = models.PositiveIntegerField("步骤总数", default=0)
    requested_by = models.CharField("发起人", max_length=80)
    requested_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    snapshot_sha256 = models.CharField("快照摘要", max_length=64, blank=True)
    report = models.JSONField("报告", null=True, blank=True)
    failure = models.CharField("未完成原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "筛查"
        ordering = ("-id",)
        indexes = (models.Index(fields=("place", "-id"), name="run_by_place"),)
        constraints = (
            models.UniqueConstraint(
                fields=("place",),
                name="run_one_at_a_time_per_place",
                condition=models.Q(state__in=("waiting", "running")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} {self.as_of}"


class Finding(models.Model):
    """A finding (筛查发现) that keeps its identity from run to run.

    A finding is a lead, not a finding of guilt, until a person has judged it.
    """

    fingerprint = models.CharField("指纹", max_length=64, unique=True)
    screen_id = models.CharField("筛查规则", max_length=12)
    severity = models.CharField("程度", max_length=8)
    place = models.CharField("地区", max_length=6)
    body = models.ForeignKey(
        "registry.EvaluationBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="机构",
    )
    occurred_on = models.DateField("发生日", null=True, blank=True)
    reason = models.CharField("情形", max_length=120, blank=True)
    key = models.CharField("标识内容", max_length=300)
    clauses = models.CharField("条款", max_length=120)
    evidence = models.JSONField("证据")
    state = models.CharField("状态", max_length=6, choices=FindingState, default=FindingState.OPEN)
    judgement = models.CharField("研判", max_length=10, choices=Judgement, default=Judgement.PENDING)
    judged_by = models.CharField("研判人", max_length=80, blank=True)
    judged_at = models.DateTimeField("研判时间", null=True, blank=True)
    judgement_note = models.CharField("研判意见", max_length=1000, blank=True)
    first_run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name="首次发现")
    last_run = models.ForeignKey(Run, models.PROTECT, related_name="findings", verbose_name="最近发现")
    times_seen = models.PositiveIntegerField("发现次数", default=1)
    times_reopened = models.PositiveIntegerField("复现次数", default=0)
    cured_run = models.ForeignKey(
        Run, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="消除于"
    )

    class Meta:
        verbose_name = verbose_name_plural = "筛查发现"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("place", "state", "judgement"), name="finding_queue"),
            models.Index(fields=("screen_id", "state"), name="finding_by_screen"),
            models.Index(fields=("body", "state"), name="finding_by_body"),
        )

    def __str__(self) -> str:
        return f"{self.screen_id} {self.fingerprint[:8]}"
