"""Certificates, their history, the series their numbers come from."""

from django.db import models
from django.db.models import Q

from zhiping.apps.certificates.states import CertificateState, ChangeKind


class NumberSeries(models.Model):
    """The last serial given out for a site, year and level (证书序列).

    `prefix` is the first 16 characters of the 22-character number. The row is locked while numbers
    are taken, in the transaction that also writes the certificates: no gap, no duplicate.
    """

    prefix = models.CharField("前缀", max_length=16, primary_key=True)
    last_serial = models.PositiveIntegerField("已用序号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "证书序列"
        constraints = (
            models.CheckConstraint(name="number_series_in_six_digits", condition=Q(last_serial__lte=999_999)),
        )

    def __str__(self) -> str:
        return f"{self.prefix} {self.last_serial}"


class Certificate(models.Model):
    """A certificate (职业技能等级证书) with every field that is printed on it.

    The printed fields are kept here as printed: later changes of a body's or an occupation's name do
    not change an issued certificate. `last_four_index` is a keyed hash over number and the last four
    characters of the identity paper, so that a public look-up needs no decryption.
    """

    number = models.CharField("证书编号", max_length=22, unique=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="certificates", verbose_name="持证人"
    )
    enrolment = models.OneToOneField(
        "exams.Enrolment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate",
        verbose_name="报名",
    )
    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="certificates", verbose_name="评价机构"
    )
    place = models.CharField("地区", max_length=6)
    state = models.CharField("状态", max_length=10, choices=CertificateState, default=CertificateState.VALID)
    holder_name = models.CharField("姓名", max_length=60)
    paper_kind = models.CharField("证件类型", max_length=30)
    number_masked = models.CharField("证件号码（掩码）", max_length=30)
    occupation_code = models.CharField("职业编码", max_length=12)
    occupation_name = models.CharField("职业名称", max_length=80)
    work_type = models.CharField("工种名称", max_length=80, blank=True)
    level = models.CharField("等级", max_length=1)
    body_name = models.CharField("评价机构名称", max_length=120)
    theory_score = models.DecimalField("理论成绩", max_digits=4, decimal_places=1, null=True, blank=True)
    practical_score = models.DecimalField("技能成绩", max_digits=4, decimal_places=1, null=True, blank=True)
    comprehensive_score = models.DecimalField(
        "综合成绩", max_digits=4, decimal_places=1, null=True, blank=True
    )
    issued_on = models.DateField("发证日期")
    query_address = models.CharField("核验地址", max_length=200, blank=True, db_default="")
    digest = models.CharField("内容摘要（SHA-256）", max_length=64)
    last_four_index = models.BinaryField("证件后四位索引", max_length=16)
    state_since = models.DateField("状态起始日")
    state_reason = models.CharField("状态原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("place", "issued_on"), name="certificate_by_place"),
            models.Index(fields=("body", "issued_on"), name="certificate_by_body"),
            models.Index(fields=("person",), name="certificate_by_person"),
        )

    def __str__(self) -> str:
        return self.number


class Change(models.Model):
    """One change of a certificate (证书变更), with the day from which it counts."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="changes", verbose_name="证书")
    kind = models.CharField("变更", max_length=10, choices=ChangeKind)
    state = models.CharField("变更后状态", max_length=10, choices=CertificateState)
    effective_on = models.DateField("生效日")
    at = models.DateTimeField("办理时间")
    reason = models.CharField("原因", max_length=500, blank=True)
    clause = models.CharField("依据", max_length=24, blank=True)
    actor_name = models.CharField("经办人", max_length=80)
    before = models.JSONField("变更前", null=True, blank=True)
    after = models.JSONField("变更后", null=True, blank=True)
    digest = models.CharField("变更后内容摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "证书变更"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.certificate} {self.get_kind_display()}"


class LookUpCount(models.Model):
    """How often something was done within one stretch of time (查询计数): the limits of the public look-up.

    `key` is a keyed index of the client's address, or of a certificate number that was tried in vain;
    neither can be read back. Rows are counted up by every process that answers look-ups and are worth
    nothing after two stretches.
    """

    pk = models.CompositePrimaryKey("key", "started_at")
    key = models.BinaryField("计数对象索引", max_length=16)
    started_at = models.DateTimeField("时段起始")
    count = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = verbose_name_plural = "查询计数"
        indexes = (models.Index(fields=("started_at",), name="look_up_count_by_start"),)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.count}"
