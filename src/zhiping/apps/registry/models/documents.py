"""Documents, kept by their hash."""

from django.db import models


class Document(models.Model):
    """A file that a body or an officer handed in (材料).

    The content is stored under its SHA-256, never executed, served only as an attachment; the kind
    is one that a rule asks for, or a photo.
    """

    class Kind(models.TextChoices):
        """What the file is evidence of."""

        INCENTIVE_RULES = "incentive_rules", "培养评价使用激励制度"
        PAY_RULES = "pay_rules", "等级与岗位薪酬挂钩制度"
        FINANCE_RULES = "finance_rules", "财务管理制度与教育经费凭证"
        UNDERTAKING = "undertaking", "接受监管承诺书"
        EXAM_AFFAIRS_RULES = "exam_affairs_rules", "考务管理办法"
        PAPER_RULES = "paper_rules", "命题管理办法"
        QUALITY_RULES = "quality_rules", "质量管理办法"
        CERTIFICATE_RULES = "certificate_rules", "证书管理办法"
        FEE_RULES = "fee_rules", "收费标准"
        EXPERIENCE_PROOF = "experience_proof", "培训评价业绩佐证"
        LICENCE = "licence", "登记证照"
        VENUE_PROOF = "venue_proof", "场地与设备证明"
        PHOTO = "photo", "照片"
        OTHER = "other", "其他材料"

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="documents", verbose_name="机构"
    )
    filing = models.ForeignKey(
        "registry.Filing", models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="备案"
    )
    kind = models.CharField("材料类别", max_length=24, choices=Kind)
    original_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("字节数")
    content_type = models.CharField("文件类型", max_length=60)
    uploaded_by = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")
    is_published = models.BooleanField("向社会公开", default=False)
    is_withdrawn = models.BooleanField("已撤下", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        ordering = ("kind", "id")
        indexes = (models.Index(fields=("sha256",), name="document_by_hash"),)

    def __str__(self) -> str:
        return self.original_name
