"""What social insurance and dispatch filing tell about bodies and persons (LN24-3.7b)."""

from django.db import models
from django.db.models import F, Q


class InsuredMonth(models.Model):
    """How many employees a body insured in a month (单位按月参保人数)."""

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="insured_months", verbose_name="机构"
    )
    month = models.DateField("月份（当月首日）")
    insured_count = models.PositiveIntegerField("参保职工人数")

    class Meta:
        verbose_name = verbose_name_plural = "单位参保人数"
        constraints = (models.UniqueConstraint(fields=("body", "month"), name="insured_month_unique"),)

    def __str__(self) -> str:
        return f"{self.body} {self.month:%Y-%m} {self.insured_count}"


class Span(models.Model):
    """A person's time with a unit, which need not be a body (a dispatch agency insures, too).

    `unit` is the unit's code in the feed (its unified social credit code); `body` is set where the
    unit is a body on record; `place` is where the unit is registered.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name="人员")
    body = models.ForeignKey(
        "registry.EvaluationBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="机构",
    )
    unit = models.CharField("单位代码", max_length=40)
    place = models.CharField("单位所在地", max_length=6)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.person} {self.valid_from}–{self.valid_to or ''}"


class InsuranceSpan(Span):
    """A person insured by a unit (个人参保时段)."""

    class Meta:
        verbose_name = verbose_name_plural = "个人参保时段"
        constraints = (
            models.UniqueConstraint(fields=("person", "unit", "valid_from"), name="insurance_span_unique"),
            models.CheckConstraint(
                name="insurance_span_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )


class DispatchSpan(Span):
    """A person dispatched to a unit (劳务派遣时段)."""

    class Meta:
        verbose_name = verbose_name_plural = "劳务派遣时段"
        constraints = (
            models.UniqueConstraint(fields=("person", "unit", "valid_from"), name="dispatch_span_unique"),
            models.CheckConstraint(
                name="dispatch_span_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )
