"""What is still owed to the candidates and certificate holders of a cancelled item."""

from django.db import models
from django.db.models import F, Q


class CancellationCase(models.Model):
    """What follows the cancellation of one item at one place (取消事项善后), JL17-4.

    `cancelled_on` and `cancelled_by` are those of the item's batch on the day the case was opened.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已结案"
        DROPPED = "dropped", "已作废"

    class CancelledBy(models.TextChoices):
        """Who announced the cancellation, in the words of the fact of that name."""

        STATE_COUNCIL = "state_council", "国务院"
        PROVINCE = "province", "本省"

    place = models.CharField("地区", max_length=6)
    item_key = models.CharField("事项标识", max_length=160)
    item_name = models.CharField("项目名称", max_length=120)
    successor = models.CharField("衔接项目", max_length=120, blank=True)
    cancelled_on = models.DateField("公布取消日")
    cancelled_by = models.CharField("由谁公布取消", max_length=14, choices=CancelledBy)
    note = models.CharField("备注", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField("立案时间")
    opened_by = models.CharField("立案人", max_length=80)
    ended_at = models.DateTimeField("结案时间", null=True, blank=True)
    ended_reason = models.CharField("作废或重新办理的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "取消事项善后"
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("place", "item_key"), condition=~Q(state="dropped"), name="cancellation_case_once"
            ),
            models.CheckConstraint(
                name="cancellation_case_state_told",
                condition=Q(state="open", ended_at__isnull=True)
                | Q(state="closed", ended_at__isnull=False)
                | (Q(state="dropped", ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
        )
        indexes = (models.Index(fields=("place", "state"), name="cancellation_case_by_place"),)

    def __str__(self) -> str:
        return self.item_name


class AffectedBatch(models.Model):
    """A sitting, registration or intake that the cancellation met (受影响批次): at which stage, whose.

    `carried_out_on` is the day on which what is owed to the batch as a whole was done: the examination held
    after all, the new rules followed, the earlier certificates acknowledged.
    """

    class Stage(models.TextChoices):
        """Where the evaluation stood when the cancellation was announced."""

        ANNOUNCED = "announced", "已发布鉴定考试公告"
        REGISTERING = "registering", "已受理报名"
        EXAMINED = "examined", "已组织完成鉴定考试"
        ISSUED = "issued", "已发放证书"
        DUAL = "dual", "已按双证书招生"
        ADJUSTED = "adjusted", "已调整或与其他职业整合"

    case = models.ForeignKey(CancellationCase, models.PROTECT, related_name="batches", verbose_name="善后")
    stage = models.CharField("公布取消时所处阶段", max_length=12, choices=Stage)
    organisation = models.CharField("组织单位", max_length=120)
    number = models.CharField("场次或批次号", max_length=60)
    day = models.DateField("公告、报名、考试、发证或招生日期")
    due_on = models.DateField("办理期限")
    note = models.CharField("备注", max_length=300, blank=True)
    carried_out_on = models.DateField("整批办理日期", null=True, blank=True)
    carried_out_note = models.CharField("整批办理情况", max_length=300, blank=True)
    carried_out_by = models.CharField("整批办理登记人", max_length=80, blank=True)
    added_at = models.DateTimeField("登记时间")
    added_by = models.CharField("登记人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "受影响批次"
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "stage", "organisation", "number"), name="affected_batch_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.number}"


class AftermathReminder(models.Model):
    """A day by which the organisation of a batch is to have everybody dealt with (催办)."""

    batch = models.ForeignKey(
        AffectedBatch, models.PROTECT, related_name="reminders", verbose_name="受影响批次"
    )
    due_on = models.DateField("办理期限")
    open_count = models.PositiveIntegerField("当时未办妥人数")
    note = models.CharField("催办内容", max_length=300, blank=True)
    at = models.DateTimeField("催办时间")
    by = models.CharField("催办人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "善后催办"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.batch} {self.due_on}"


class CandidateList(models.Model):
    """A workbook of candidates that an organisation brought (善后名单); its good rows went in."""

    batch = models.ForeignKey(AffectedBatch, models.PROTECT, related_name="lists", verbose_name="受影响批次")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    content = models.BinaryField("文件")
    rows_total = models.PositiveIntegerField("总行数")
    rows_added = models.PositiveIntegerField("新增行数")
    rows_known = models.PositiveIntegerField("已登记行数")
    rows_bad = models.PositiveIntegerField("不合格行数")
    problems = models.JSONField("不合格原因", default=list)
    uploaded_by = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "善后名单"
        ordering = ("-uploaded_at", "-id")
        constraints = (models.UniqueConstraint(fields=("batch", "sha256"), name="candidate_list_once"),)

    def __str__(self) -> str:
        return self.file_name


class AftermathCandidate(models.Model):
    """One candidate or certificate holder of a batch (善后对象): what was chosen, owed and done.

    Comes from the organisation's list: name and the last four characters of the paper, nothing more.
    `is_settled` and `remaining` say how the law judged the last recorded state; `verdict` is frozen when the
    case closes.
    """

    class Choice(models.TextChoices):
        """What the candidate wants, in the words of the fact of that name."""

        NOT_ASKED = "not_asked", "未征求"
        SIT = "sit", "继续参加"
        REFUND = "refund", "退费"

    batch = models.ForeignKey(
        AffectedBatch, models.PROTECT, related_name="candidates", verbose_name="受影响批次"
    )
    number = models.CharField("报名号或准考证号", max_length=40)
    name = models.CharField("姓名", max_length=60)
    last_four = models.CharField("证件号码后四位", max_length=4)
    fee_fen = models.PositiveIntegerField("已缴费用（分）", default=0)
    choice = models.CharField("考生意愿", max_length=10, choices=Choice, default=Choice.NOT_ASKED)
    chosen_on = models.DateField("意愿日期", null=True, blank=True)
    chosen_recorded_by = models.CharField("意愿登记人", max_length=80, blank=True)
    refunded_fen = models.PositiveIntegerField("已退金额（分）", null=True, blank=True)
    refunded_on = models.DateField("退费日期", null=True, blank=True)
    voucher = models.CharField("退费凭证号", max_length=60, blank=True)
    is_passed = models.BooleanField("成绩合格", null=True, blank=True)
    graduated_on = models.DateField("毕业日期", null=True, blank=True)
    certificate_number = models.CharField("证书编号", max_length=60, blank=True)
    granted_on = models.DateField("发证日期", null=True, blank=True)
    otherwise = models.CharField("另行处理情况", max_length=300, blank=True)
    is_settled = models.BooleanField("已办妥", default=False)
    remaining = models.CharField("尚需办理", max_length=300, blank=True)
    verdict = models.JSONField("结案时的判定", null=True, blank=True)
    entered_at = models.DateTimeField("登记时间")
    entered_by = models.CharField("登记人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "善后对象"
        ordering = ("batch", "number", "id")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="aftermath_candidate_once"),
            models.CheckConstraint(
                name="aftermath_choice_dated",
                condition=Q(choice="not_asked", chosen_on__isnull=True)
                | (~Q(choice="not_asked") & Q(chosen_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="aftermath_refund_whole",
                condition=Q(refunded_fen__isnull=True, refunded_on__isnull=True, voucher="")
                | (Q(choice="refund", refunded_fen=F("fee_fen"), refunded_on__isnull=False) & ~Q(voucher="")),
            ),
            models.CheckConstraint(
                name="aftermath_certificate_dated",
                condition=Q(certificate_number="", granted_on__isnull=True)
                | (~Q(certificate_number="") & Q(granted_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="aftermath_settled_or_told", condition=Q(is_settled=True) | ~Q(remaining="")
            ),
        )
        indexes = (models.Index(fields=("batch", "is_settled"), name="aftermath_open"),)

    def __str__(self) -> str:
        return self.number
