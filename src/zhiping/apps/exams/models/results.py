"""What happened on the day and what came out of it."""

from django.db import models
from django.db.models import Q

from zhiping.apps.exams.states import IncidentKind, Subject


class Attendance(models.Model):
    """Whether a candidate came (签到)."""

    enrolment = models.OneToOneField(
        "exams.Enrolment", models.PROTECT, related_name="attendance", verbose_name="报名"
    )
    is_present = models.BooleanField("到场")
    recorded_by = models.CharField("记录人", max_length=80)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "签到"

    def __str__(self) -> str:
        return f"{self.enrolment} {'到场' if self.is_present else '缺席'}"


class Incident(models.Model):
    """Something out of order at a sitting (考场情况)."""

    sitting = models.ForeignKey(
        "exams.Sitting", models.PROTECT, related_name="incidents", verbose_name="场次"
    )
    enrolment = models.ForeignKey(
        "exams.Enrolment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name="考生",
    )
    kind = models.CharField("情况", max_length=24, choices=IncidentKind)
    note = models.CharField("说明", max_length=1000)
    recorded_by = models.CharField("记录人", max_length=80)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "考场情况"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.get_kind_display()


class Result(models.Model):
    """A candidate's result in one subject (分科成绩): a score, or absent."""

    enrolment = models.ForeignKey(
        "exams.Enrolment", models.PROTECT, related_name="results", verbose_name="报名"
    )
    subject = models.CharField("科目", max_length=14, choices=Subject)
    score = models.DecimalField("成绩", max_digits=4, decimal_places=1, null=True, blank=True)
    is_absent = models.BooleanField("缺考", default=False)
    recorded_on = models.DateField("上传日")

    class Meta:
        verbose_name = verbose_name_plural = "分科成绩"
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "subject"), name="result_unique"),
            models.CheckConstraint(
                name="result_score_or_absent",
                condition=Q(is_absent=True, score__isnull=True) | Q(is_absent=False, score__isnull=False),
            ),
            models.CheckConstraint(
                name="result_score_in_hundred",
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
            ),
        )

    def __str__(self) -> str:
        return f"{self.enrolment} {self.get_subject_display()}"


class ArchiveItem(models.Model):
    """One item of a sitting's archive manifest (档案清单): what, its hash, who keeps it, until when."""

    sitting = models.ForeignKey("exams.Sitting", models.PROTECT, related_name="archive", verbose_name="场次")
    kind = models.CharField("材料", max_length=80)
    sha256 = models.CharField("SHA-256", max_length=64)
    keeper = models.CharField("保管人", max_length=80)
    keep_until = models.DateField("保存至")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "档案清单"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("sitting", "kind", "sha256"), name="archive_item_unique"),
        )

    def __str__(self) -> str:
        return self.kind
