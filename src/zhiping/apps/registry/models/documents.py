"""Documents, kept by their hash."""

from django.db import models


class Document(models.Model):
    """A file that a body or an officer handed in (材料).

    The content is stored under its SHA-256, never executed, served only as an attachment; the kind
    is one that a rule asks for, or a photo.
    """

    class Kind(models.TextChoices):
        """What the file is evidence of."""

        INCENTIVE_RULES = "incentive_rules", "技能人才培养、评价、使用、激励机制"
        PAY_RULES = "pay_rules", "技能等级与岗位、薪资挂钩制度"
        FINANCE_RULES = "finance_rules", "财务管理制度"
        MANAGEMENT_RULES = "management_rules", "内部管理制度"
        UNDERTAKING = "undertaking", "接受监督管理承诺书"
        EXAM_AFFAIRS_RULES = "exam_affairs_rules", "考务管理办法"
        PAPER_RULES = "paper_rules", "命题管理办法"
        QUALITY_RULES = "quality_rules", "质量管理办法"
        CERTIFICATE_RULES = "certificate_rules", "证书管理办法"
        FEE_RULES = "fee_rules", "收费标准"
        TRAINING_EVALUATION_PROOF = "training_evaluation_proof", "培训评价数据佐证"
        STATUTES = "statutes", "登记证照与章程"
        VENUE_PROOF = "venue_proof", "场地设备证明"
        STAFF_PROOF = "staff_proof", "人员队伍证明"
        RESOURCE_PROOF = "resource_proof", "标准、课程、试题开发能力证明"
        FUNDS_PROOF = "funds_proof", "经费保障证明"
        PREFERENCE_PROOF = "preference_proof", "择优条件佐证"
        PHOTO = "photo", "照片"
        OTHER = "other", "其他材料"

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="documents", verbose_name="机构"
    )
    filing = models.ForeignKey(
        "registry.Filing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="备案",
    )
    kind = models.CharField("材料类别", max_length=32, choices=Kind)
    original_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("字节数")
    content_type = models.CharField("文件类型", max_length=100)
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
