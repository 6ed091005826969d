"""Entries and what they are about; the rules by which stored verdicts judged."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One operation (一次操作): written once, never changed.

    `place` is where the thing lies; `facts` holds what changed and the grounds, without personal
    numbers. A trigger of the database refuses UPDATE and DELETE.
    """

    at = models.DateTimeField("时间")
    event = models.CharField("事项", max_length=80)
    actor_kind = models.CharField("操作者类别", max_length=10)
    actor_id = models.CharField("操作者标识", max_length=40)
    actor_name = models.CharField("操作者", max_length=80)
    place = models.CharField("地区", max_length=6)
    clauses = ArrayField(models.CharField(max_length=24), verbose_name="依据条款", default=list)
    facts = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("event", "at"), name="entry_by_event"),
            models.Index(fields=("place", "at"), name="entry_by_place"),
            models.Index(fields=("actor_kind", "actor_id", "at"), name="entry_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class Subject(models.Model):
    """A thing that an entry is about (涉及对象); one operation may concern many."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="subjects", verbose_name="记录")
    thing = models.CharField("对象类别", max_length=40)
    thing_id = models.CharField("对象标识", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "涉及对象"
        indexes = (models.Index(fields=("thing", "thing_id", "entry"), name="subject_by_thing"),)

    def __str__(self) -> str:
        return f"{self.thing}:{self.thing_id}"


class RuleSnapshot(models.Model):
    """A rule as it judged (规则快照), kept with the first stored verdict that names it, never changed.

    `address` is the hash of `content`: the same rule under the same values and words is kept once. A
    trigger of the database refuses UPDATE and DELETE.
    """

    address = models.CharField("指纹", max_length=16, primary_key=True)
    rule = models.CharField("规则", max_length=7)
    version = models.CharField("规则版本", max_length=16)
    content = models.JSONField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "规则快照"

    def __str__(self) -> str:
        return f"{self.rule} {self.version}"
