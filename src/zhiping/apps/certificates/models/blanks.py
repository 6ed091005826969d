"""Blank certificates (空白证书): numbered sheets, who holds which of them, how each came there.

Serials are kept as half-open ranges of integers within a series. `BlankRange` says where each serial is
now, `BlankMovement` how it came there. The database refuses a serial in two places at once and a change
of what was written into the ledger.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q

from zhiping.apps.certificates.states import (
    BlankKind,
    BlankRequestState,
    MovementKind,
    Shelf,
    WriteOffKind,
    WriteOffState,
)

LONGEST_PREFIX, WIDEST = 12, 12


class SpanStart(Func):
    """The first integer of a half-open range."""

    function = "lower"
    output_field = models.BigIntegerField()


class SpanEnd(Func):
    """The integer after the last of a half-open range."""

    function = "upper"
    output_field = models.BigIntegerField()


def _count() -> models.GeneratedField:
    """Return the field that counts the serials of the row's span, worked out by the database."""
    return models.GeneratedField(
        verbose_name="张数",
        expression=SpanEnd("span") - SpanStart("span"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )


class BlankSeries(models.Model):
    """A series of preprinted serials (空白证书序列): a prefix and a running number of fixed width.

    `place` is the province whose store receives what is printed.
    """

    place = models.CharField("地区", max_length=6)
    kind = models.CharField("证书种类", max_length=16, choices=BlankKind)
    prefix = models.CharField("前缀", max_length=LONGEST_PREFIX, blank=True)
    width = models.PositiveSmallIntegerField("流水位数")
    opened_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "空白证书序列"
        ordering = ("prefix", "width")
        constraints = (
            models.UniqueConstraint(fields=("prefix", "width"), name="blank_series_unique"),
            models.CheckConstraint(name="blank_series_width", condition=Q(width__range=(1, WIDEST))),
        )

    def __str__(self) -> str:
        return f"{self.prefix}{'0' * self.width}"

    @property
    def label(self) -> str:
        """Return what people call the series."""
        return f"{self.get_kind_display()} {self.prefix or '（无前缀）'} {self.width} 位"

    def text(self, serial: int) -> str:
        """Return a serial as it is printed on the sheet."""
        return f"{self.prefix}{serial:0{self.width}d}"

    def range_text(self, first: int, after: int) -> str:
        """Return a half-open range as people read it, both ends included."""
        last = self.text(after - 1)
        return last if after - first == 1 else f"{self.text(first)}—{last}"


class BlankStock(models.Model):
    """The stock of one series at one holder (空白证书库存账): an office, or a body in its place.

    Who moves serials out of a stock or into it holds this row locked until the transaction ends.
    """

    series = models.ForeignKey(
        BlankSeries, models.PROTECT, related_name="stocks", verbose_name="空白证书序列"
    )
    place = models.CharField("地区", max_length=6)
    body = models.ForeignKey(
        "registry.EvaluationBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blank_stocks",
        verbose_name="机构",
    )

    class Meta:
        verbose_name = verbose_name_plural = "空白证书库存账"
        constraints = (
            models.UniqueConstraint(
                fields=("series", "place", "body"), name="blank_stock_unique", nulls_distinct=False
            ),
        )
        indexes = (models.Index(fields=("place",), name="blank_stock_by_place"),)

    def __str__(self) -> str:
        return f"{self.place} {self.series_id}"


class BlankRange(models.Model):
    """Where a run of serials is now (空白证书现存区间): in exactly one stock, in exactly one condition."""

    series = models.ForeignKey(
        BlankSeries, models.PROTECT, related_name="ranges", verbose_name="空白证书序列"
    )
    span = BigIntegerRangeField("流水区间")
    stock = models.ForeignKey(BlankStock, models.PROTECT, related_name="ranges", verbose_name="库存账")
    shelf = models.CharField("现状", max_length=12, choices=Shelf, default=Shelf.ON_HAND)
    certificate = models.ForeignKey(
        "certificates.Certificate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blanks",
        verbose_name="证书",
    )
    count = _count()

    class Meta:
        verbose_name = verbose_name_plural = "空白证书现存区间"
        constraints = (
            ExclusionConstraint(
                name="blank_in_one_place_only",
                expressions=(("series", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)),
            ),
            models.CheckConstraint(name="blank_range_not_empty", condition=Q(span__isempty=False)),
            models.UniqueConstraint(
                fields=("certificate",), name="blank_one_for_a_certificate", condition=Q(shelf=Shelf.USED)
            ),
            models.CheckConstraint(
                name="blank_used_for_one_certificate",
                condition=~Q(shelf=Shelf.USED) | Q(certificate__isnull=False, count=1),
            ),
        )
        indexes = (models.Index(fields=("stock", "shelf"), name="blank_range_by_stock"),)

    def __str__(self) -> str:
        return f"{self.span.lower}—{self.span.upper}"


class BlankRequest(models.Model):
    """A need for blanks (空白证书申领单): a district's, a city's own, or a city's sum of its districts'.

    `granted` is what the supplier let stand of `quantity`, with its reason where that is less;
    `supplied` is what has been handed over so far.
    """

    number = models.CharField("申领单号", max_length=24, unique=True)
    kind = models.CharField("证书种类", max_length=16, choices=BlankKind)
    place = models.CharField("申领地区", max_length=6)
    supplier = models.CharField("供应地区", max_length=6)
    quantity = models.PositiveIntegerField("申领张数")
    granted = models.PositiveIntegerField("核定张数")
    reduction = models.CharField("核减原因", max_length=500, blank=True)
    supplied = models.PositiveIntegerField("已供应张数", default=0)
    project = models.CharField("考核项目", max_length=120, blank=True)
    note = models.CharField("用途说明", max_length=500, blank=True)
    due_on = models.DateField("需用日期")
    state = models.CharField(
        "状态", max_length=12, choices=BlankRequestState, default=BlankRequestState.SUBMITTED
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="汇总单"
    )
    asked_at = models.DateTimeField("申领时间")
    asked_by = models.CharField("申领人", max_length=80)
    answer = models.CharField("办理说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "空白证书申领单"
        constraints = (
            models.CheckConstraint(name="blank_request_asks", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="blank_request_granted", condition=Q(granted__gt=0, granted__lte=F("quantity"))
            ),
            models.CheckConstraint(name="blank_request_supplied", condition=Q(supplied__lte=F("granted"))),
        )
        indexes = (
            models.Index(fields=("place", "state"), name="blank_request_by_place"),
            models.Index(fields=("supplier", "state"), name="blank_request_by_supplier"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> int:
        """Return how many are still to be supplied."""
        return self.granted - self.supplied


class BlankWriteOff(models.Model):
    """Blanks written off before two persons (空白证书核销单): the keeper proposes, the witness sees."""

    number = models.CharField("核销单号", max_length=24, unique=True)
    kind = models.CharField("核销类别", max_length=10, choices=WriteOffKind)
    stock = models.ForeignKey(BlankStock, models.PROTECT, related_name="write_offs", verbose_name="库存账")
    span = BigIntegerRangeField("流水区间")
    came_from = models.CharField("原状", max_length=12, choices=Shelf)
    certificate = models.ForeignKey(
        "certificates.Certificate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blank_write_offs",
        verbose_name="证书",
    )
    reason = models.CharField("原因", max_length=500)
    state = models.CharField("状态", max_length=10, choices=WriteOffState, default=WriteOffState.PROPOSED)
    keeper_id = models.CharField("保管人标识", max_length=40)
    keeper_name = models.CharField("保管人", max_length=80)
    proposed_at = models.DateTimeField("登记时间")
    witness_id = models.CharField("见证人标识", max_length=40, blank=True)
    witness_name = models.CharField("见证人", max_length=80, blank=True)
    closed_at = models.DateTimeField("见证时间", null=True, blank=True)
    answer = models.CharField("见证意见", max_length=500, blank=True)
    count = _count()

    class Meta:
        verbose_name = verbose_name_plural = "空白证书核销单"
        constraints = (
            models.CheckConstraint(name="blank_two_persons", condition=~Q(witness_id=F("keeper_id"))),
            models.CheckConstraint(
                name="blank_witnessed",
                condition=Q(state=WriteOffState.PROPOSED, witness_id="")
                | (~Q(state=WriteOffState.PROPOSED) & ~Q(witness_id="")),
            ),
        )
        indexes = (models.Index(fields=("stock", "state"), name="blank_write_off_by_stock"),)

    def __str__(self) -> str:
        return self.number


class BlankMovement(models.Model):
    """One movement of a run of serials (空白证书流水): written once, never changed.

    Without a stock it came from, it came from the printer. A trigger of the database refuses UPDATE
    and DELETE.
    """

    series = models.ForeignKey(
        BlankSeries, models.PROTECT, related_name="movements", verbose_name="空白证书序列"
    )
    span = BigIntegerRangeField("流水区间")
    kind = models.CharField("流水类别", max_length=20, choices=MovementKind)
    from_stock = models.ForeignKey(
        BlankStock, models.PROTECT, null=True, blank=True, related_name="movements_out", verbose_name="转出"
    )
    from_shelf = models.CharField("原状", max_length=12, choices=Shelf, blank=True)
    to_stock = models.ForeignKey(BlankStock, models.PROTECT, related_name="movements_in", verbose_name="转入")
    to_shelf = models.CharField("现状", max_length=12, choices=Shelf)
    at = models.DateTimeField("时间")
    actor_id = models.CharField("经办人标识", max_length=40)
    actor_name = models.CharField("经办人", max_length=80)
    reason = models.CharField("原因", max_length=500, blank=True)
    request = models.ForeignKey(
        BlankRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name="申领单",
    )
    certificate = models.ForeignKey(
        "certificates.Certificate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blank_movements",
        verbose_name="证书",
    )
    write_off = models.ForeignKey(
        BlankWriteOff,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name="核销单",
    )
    count = _count()

    class Meta:
        verbose_name = verbose_name_plural = "空白证书流水"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="blank_movement_not_empty", condition=Q(span__isempty=False)),
            models.CheckConstraint(
                name="blank_movement_from_printer",
                condition=Q(kind=MovementKind.RECEIVED, from_stock__isnull=True)
                | (~Q(kind=MovementKind.RECEIVED) & Q(from_stock__isnull=False)),
            ),
        )
        indexes = (
            GistIndex(fields=("series", "span"), name="blank_movement_by_span"),
            models.Index(fields=("at",), name="blank_movement_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.span.lower}—{self.span.upper}"


class BlankLoss(models.Model):
    """A public notice that blanks are lost and void (空白证书遗失作废公告)."""

    number = models.CharField("公告编号", max_length=24, unique=True)
    movement = models.OneToOneField(
        BlankMovement, models.PROTECT, related_name="loss", verbose_name="空白证书流水"
    )
    place = models.CharField("地区", max_length=6)
    published_on = models.DateField("公告日期")
    statement = models.CharField("公告内容", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "空白证书遗失作废公告"
        ordering = ("-published_on", "-id")
        indexes = (models.Index(fields=("place", "published_on"), name="blank_loss_by_place"),)

    def __str__(self) -> str:
        return self.number
