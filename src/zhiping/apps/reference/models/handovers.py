"""Qualifications that move to industry bodies, and who answers for them when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class DayRange(Func):
    """The half-open range of days between two date columns, as PostgreSQL's daterange."""

    function = "daterange"


class Handover(models.Model):
    """A level-type qualification that moves to a qualified industry body (移交登记), GD18-3, JL17-3a.

    One record per qualification and place. `passes_on` is the first day on which the receiver answers;
    `reversed_on` the first day on which the giver answers again.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFTED = "drafted", "拟移交"
        HANDED_OVER = "handed_over", "已移交"
        REVERSED = "reversed", "已收回"
        DROPPED = "dropped", "已作废"

    class ReceiverKind(models.TextChoices):
        """What kind of industry body takes over."""

        ASSOCIATION = "association", "行业协会"
        SOCIETY = "society", "学会"
        INDUSTRY_CENTRE = "industry_centre", "行业职业技能评价机构"
        OTHER = "other", "其他行业组织"

    place = models.CharField("地区", max_length=6)
    item = models.CharField("职业资格名称", max_length=240)
    giver = models.CharField("移交部门（单位）", max_length=120)
    giver_code = models.CharField("移交单位统一社会信用代码", max_length=18, blank=True)
    receiver = models.CharField("承接行业组织", max_length=120)
    receiver_code = models.CharField("承接组织统一社会信用代码", max_length=18, blank=True)
    receiver_kind = models.CharField("承接组织类别", max_length=16, choices=ReceiverKind)
    qualified_by = models.CharField("承接条件的依据", max_length=300)
    passes_on = models.DateField("责任转移日")
    guided_by = models.ForeignKey(
        "authorities.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="指导协调的人社部门",
    )
    note = models.CharField("备注", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFTED)
    drafted_at = models.DateTimeField("登记时间")
    drafted_by = models.CharField("登记人", max_length=80)
    handed_over_at = models.DateTimeField("办结时间", null=True, blank=True)
    reversed_on = models.DateField("责任收回日", null=True, blank=True)
    ended_reason = models.CharField("收回或作废原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "职业资格移交"
        ordering = ("-passes_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("place", "item"), condition=Q(state="drafted"), name="handover_one_draft"
            ),
            models.CheckConstraint(
                name="handover_state_told",
                condition=Q(state="drafted", handed_over_at__isnull=True, reversed_on__isnull=True)
                | (Q(state="dropped", handed_over_at__isnull=True) & ~Q(ended_reason=""))
                | Q(state="handed_over", handed_over_at__isnull=False, reversed_on__isnull=True)
                | (
                    Q(state="reversed", handed_over_at__isnull=False, reversed_on__isnull=False)
                    & ~Q(ended_reason="")
                ),
            ),
            models.CheckConstraint(
                name="handover_reversed_after",
                condition=Q(reversed_on__isnull=True) | Q(reversed_on__gte=F("passes_on")),
            ),
        )
        indexes = (models.Index(fields=("place", "state"), name="handover_by_place"),)

    def __str__(self) -> str:
        return f"{self.item}：{self.giver} → {self.receiver}"


class HandoverPaper(models.Model):
    """A document of a handover (移交材料), kept by its hash."""

    class Kind(models.TextChoices):
        """What the file is evidence of."""

        DECISION = "decision", "移交决定或通知"
        AGREEMENT = "agreement", "移交协议"
        QUALIFICATION = "qualification", "承接组织条件证明"
        INVENTORY = "inventory", "移交清单"
        OTHER = "other", "其他材料"

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="papers", verbose_name="移交")
    kind = models.CharField("材料类别", max_length=16, choices=Kind)
    original_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("字节数")
    content_type = models.CharField("文件类型", max_length=100)
    uploaded_by = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "移交材料"
        ordering = ("kind", "id")
        constraints = (
            models.UniqueConstraint(fields=("handover", "kind", "sha256"), name="handover_paper_once"),
        )

    def __str__(self) -> str:
        return self.original_name


class Responsibility(models.Model):
    """Which body answers for a qualification at a place in a period (认定责任).

    Written by handovers only. The database refuses two bodies on one day; a period may be empty, where
    a handover was reversed before its day. Without a first day: from the beginning.
    """

    place = models.CharField("地区", max_length=6)
    item = models.CharField("职业资格名称", max_length=240)
    body = models.CharField("责任单位", max_length=120)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    kind = models.CharField("单位类别", max_length=16, choices=Handover.ReceiverKind, blank=True)
    handover = models.ForeignKey(
        Handover, models.PROTECT, related_name="responsibilities", verbose_name="移交"
    )
    valid_from = models.DateField("起始日", null=True, blank=True)
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "职业资格责任单位"
        ordering = ("place", "item", "id")
        constraints = (
            models.CheckConstraint(
                name="responsibility_period_forward",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="responsibility_one_body_a_day",
                expressions=(
                    ("place", RangeOperators.EQUAL),
                    ("item", RangeOperators.EQUAL),
                    (DayRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}：{self.body}"
