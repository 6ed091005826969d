"""Offices, accounts and duties."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class Office(models.Model):
    """An office of the human-resources administration (人社部门) of one place."""

    class Level(models.TextChoices):
        """The place's level."""

        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        DISTRICT = "district", "区县级"

    name = models.CharField("名称", max_length=80)
    place = models.CharField("地区", max_length=6, unique=True)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    complaint_contact = models.CharField("投诉渠道", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主管部门"
        ordering = ("place",)

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """Who signs in: an officer of an office, or a clerk of an evaluation body."""

    class Kind(models.TextChoices):
        """Whom the account belongs to."""

        OFFICER = "officer", "主管部门经办人"
        BODY = "body", "评价机构用户"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    display_name = models.CharField("姓名", max_length=40)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="officers", verbose_name="所在部门"
    )
    is_demo = models.BooleanField("演示账号", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = (
            models.CheckConstraint(
                name="account_officer_has_office",
                condition=~Q(kind="officer") | Q(office__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.display_name or self.username


class DutyGrant(models.Model):
    """A duty that an officer holds at a place for a period (职责授权)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="duty_grants", verbose_name="经办人")
    duty = models.CharField("职责", max_length=60)
    place = models.CharField("地区", max_length=6)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "职责授权"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "duty", "place", "valid_from"), name="duty_grant_unique"
            ),
            models.CheckConstraint(
                name="duty_grant_period_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.duty} {self.place}"
