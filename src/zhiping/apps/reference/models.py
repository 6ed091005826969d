"""Dated lists kept by administrators."""

from django.db import models
from django.db.models import F, Q

_CERTAINTY = (("stated", "有明文"), ("uncertain", "待核实"))


class OccupationalStandard(models.Model):
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
    valid_from = models.DateField("施行日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    certainty = models.CharField("确定程度", max_length=10, choices=_CERTAINTY)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "职业标准"
        ordering = ("occupation_code", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("occupation_code", "kind", "title", "valid_from"), name="standard_unique"
            ),
            models.CheckConstraint(
                name="standard_period_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return self.title


class ShortageOccupation(models.Model):
    """An occupation on a city's list of scarce ones (急需紧缺职业目录)."""

    place = models.CharField("地区", max_length=6)
    occupation_code = models.CharField("职业编码", max_length=12)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    certainty = models.CharField("确定程度", max_length=10, choices=_CERTAINTY)
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


class AccessQualification(models.Model):
    """An access-type qualification (准入类职业资格) that bars an occupation from level recognition."""

    occupation_code = models.CharField("职业编码", max_length=12)
    title = models.CharField("职业资格名称", max_length=120)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    certainty = models.CharField("确定程度", max_length=10, choices=_CERTAINTY)
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
