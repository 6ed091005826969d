"""Natural persons, with their numbers encrypted, and what they do for bodies."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from zhiping.apps.registry.models.bodies import DayRange


class Person(models.Model):
    """A natural person (人员): one row per identity paper.

    The number is encrypted (`number_cipher`) and found through a keyed index (`number_index`);
    `key` is the pseudonym that leaves the database.
    """

    class Sex(models.TextChoices):
        """As on the paper."""

        MALE = "M", "男"
        FEMALE = "F", "女"

    key = models.UUIDField("假名键", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("姓名", max_length=60)
    paper_kind = models.CharField("证件类型", max_length=30, default="居民身份证")
    number_cipher = models.BinaryField("证件号码（加密）")
    number_index = models.BinaryField("证件号码索引", max_length=32)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    nation = models.CharField("民族", max_length=20, blank=True)
    phone_cipher = models.BinaryField("手机号码（加密）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints = (
            models.UniqueConstraint(fields=("number_index", "paper_kind"), name="person_paper_unique"),
        )

    def __str__(self) -> str:
        return self.name


class StaffMember(models.Model):
    """Somebody who works for a body's evaluation unit (专职人员)."""

    class Role(models.TextChoices):
        """What the person does."""

        LEADER = "leader", "机构负责人"
        EXAM_AFFAIRS = "exam_affairs", "考务人员"
        INTERNAL_SUPERVISOR = "internal_supervisor", "内部质量督导员"
        EXPERT = "expert", "专家"

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="staff", verbose_name="机构"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="staff_posts", verbose_name="人员")
    role = models.CharField("岗位", max_length=20, choices=Role)
    is_full_time = models.BooleanField("专职", default=True)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专职人员"
        constraints = (
            ExclusionConstraint(
                name="staff_member_no_overlap",
                expressions=(
                    ("body", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DayRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class Assessor(models.Model):
    """An assessor (考评员) of a body, with the certificate that entitles."""

    class Grade(models.TextChoices):
        """Assessors examine levels 5 to 3, senior assessors all."""

        ASSESSOR = "assessor", "考评员"
        SENIOR = "senior_assessor", "高级考评员"

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="assessors", verbose_name="机构"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="assessor_posts", verbose_name="人员")
    grade = models.CharField("类别", max_length=16, choices=Grade)
    certificate_number = models.CharField("考评员证号", max_length=40)
    valid_from = models.DateField("证书起始日")
    valid_to = models.DateField("证书截止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评员"
        constraints = (
            models.UniqueConstraint(
                fields=("body", "certificate_number"), name="assessor_certificate_unique"
            ),
            models.CheckConstraint(
                name="assessor_period_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.get_grade_display()}"


class AssessorOccupation(models.Model):
    """An occupation that an assessor may examine (可考评职业)."""

    assessor = models.ForeignKey(Assessor, models.PROTECT, related_name="occupations", verbose_name="考评员")
    occupation_code = models.CharField("职业编码", max_length=12)

    class Meta:
        verbose_name = verbose_name_plural = "可考评职业"
        constraints = (
            models.UniqueConstraint(
                fields=("assessor", "occupation_code"), name="assessor_occupation_unique"
            ),
        )

    def __str__(self) -> str:
        return self.occupation_code


class Kinship(models.Model):
    """A declared tie that bars an assessor from examining a person (回避关系)."""

    class Tie(models.TextChoices):
        """What ties them."""

        RELATIVE = "relative", "亲属"
        TRAINEE = "trainee", "授课学员"

    assessor = models.ForeignKey(Assessor, models.PROTECT, related_name="ties", verbose_name="考评员")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="对方")
    tie = models.CharField("关系", max_length=10, choices=Tie)
    declared_at = models.DateTimeField("申报时间")

    class Meta:
        verbose_name = verbose_name_plural = "回避关系"
        constraints = (models.UniqueConstraint(fields=("assessor", "person", "tie"), name="kinship_unique"),)

    def __str__(self) -> str:
        return f"{self.assessor} {self.get_tie_display()}"
