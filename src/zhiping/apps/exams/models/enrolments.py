"""Candidates, the rosters they came in, the certificates they held before."""

from django.db import models


class RosterImport(models.Model):
    """One spreadsheet handed in for a sitting (名册导入), with its preview and its outcome.

    The same file for the same sitting is one row: sending it twice changes nothing.
    """

    class Kind(models.TextChoices):
        """What the sheet holds."""

        CANDIDATES = "candidates", "考生名册"
        RESULTS = "results", "成绩名册"

    class State(models.TextChoices):
        """Whether the good rows have been taken over."""

        PREVIEWED = "previewed", "待确认"
        APPLIED = "applied", "已导入"

    sitting = models.ForeignKey("exams.Sitting", models.PROTECT, related_name="imports", verbose_name="场次")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEWED)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    rows_total = models.PositiveIntegerField("总行数")
    rows_good = models.PositiveIntegerField("合格行数")
    rows_bad = models.PositiveIntegerField("不合格行数")
    rows_unchanged = models.PositiveIntegerField("无变化行数", default=0)
    problems = models.JSONField("不合格原因", default=list)
    uploaded_by = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册导入"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("sitting", "kind", "sha256"), name="roster_import_unique"),
        )

    def __str__(self) -> str:
        return self.file_name


class Enrolment(models.Model):
    """A candidate's enrolment in a sitting (报名), with the grounds stated for eligibility."""

    class CandidateKind(models.TextChoices):
        """As whom the candidate sits (LN24-2.2b, FS20-T1, FS20-T2)."""

        STAFF = "staff", "本单位职工"
        DISPATCHED = "dispatched", "劳务派遣人员"
        STUDENT = "student", "本校学生"
        PUBLIC = "public", "社会人员"

    class State(models.TextChoices):
        """Whether the candidate may sit."""

        ENROLLED = "enrolled", "已报名"
        WITHDRAWN = "withdrawn", "已退考"
        DISQUALIFIED = "disqualified", "取消资格"

    # found by `enrolment_unique`, which begins with it
    sitting = models.ForeignKey(
        "exams.Sitting", models.PROTECT, related_name="enrolments", verbose_name="场次", db_index=False
    )
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="enrolments", verbose_name="考生"
    )
    place = models.CharField("地区", max_length=6)
    ticket = models.CharField("准考证号", max_length=24)
    state = models.CharField("状态", max_length=12, choices=State, default=State.ENROLLED)
    candidate_kind = models.CharField("考生身份", max_length=10, choices=CandidateKind)
    entry_condition = models.CharField("申报条件", max_length=12)
    work_months = models.PositiveIntegerField("累计工作月数", null=True, blank=True)
    prior_level = models.CharField("已有证书等级", max_length=1, blank=True)
    prior_number = models.CharField("已有证书编号", max_length=40, blank=True)
    prior_issued_on = models.DateField("已有证书核发日", null=True, blank=True)
    education = models.CharField("学历门类", max_length=24, blank=True)
    education_text = models.CharField("文化程度", max_length=40, blank=True)
    title = models.CharField("职称", max_length=10, blank=True)
    title_issued_on = models.DateField("职称取得日", null=True, blank=True)
    employer_name = models.CharField("所在单位", max_length=120, blank=True)
    candidate_source = models.CharField("考生来源", max_length=40, blank=True)
    exam_type = models.CharField("考试类型", max_length=8, default="正考")
    recognition_kind = models.CharField("认定分类", max_length=8, default="初次认定")
    verdict = models.JSONField("资格判定", null=True, blank=True)
    row_fingerprint = models.CharField("行指纹", max_length=64, blank=True)
    # nobody asks which rows a roster wrote; the index would cost every row of every import
    roster = models.ForeignKey(
        RosterImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name="名册",
        db_index=False,
    )
    enrolled_at = models.DateTimeField("报名时间")

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ("ticket",)
        constraints = (
            models.UniqueConstraint(fields=("sitting", "person"), name="enrolment_unique"),
            # Not `unique=True`, which would keep a second index for searches by how a ticket begins.
            models.UniqueConstraint(fields=("ticket",), name="enrolment_ticket_unique"),
        )

    def __str__(self) -> str:
        return self.ticket


class PriorCertificate(models.Model):
    """A certificate that a person held before, as the national look-up knows it (既有证书)."""

    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="prior_certificates", verbose_name="人员"
    )
    occupation_code = models.CharField("职业编码", max_length=12)
    level = models.CharField("等级", max_length=1)
    issued_on = models.DateField("发证日期")
    number = models.CharField("证书编号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "既有证书"
        constraints = (
            models.UniqueConstraint(
                fields=("person", "occupation_code", "level"), name="prior_certificate_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.occupation_code} {self.level}"
