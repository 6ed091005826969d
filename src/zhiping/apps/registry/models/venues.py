"""Venues and their workstations."""

from django.db import models


class Venue(models.Model):
    """A venue of a body (考点), in a district, with or without video monitoring."""

    body = models.ForeignKey(
        "registry.EvaluationBody", models.PROTECT, related_name="venues", verbose_name="机构"
    )
    name = models.CharField("考点名称", max_length=120)
    place = models.CharField("所在地", max_length=6)
    address = models.CharField("地址", max_length=200)
    has_video = models.BooleanField("有视频监控", default=False)
    capacity = models.PositiveIntegerField("同时容纳人数", default=0)
    is_in_use = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "考点"
        ordering = ("body", "id")
        constraints = (models.UniqueConstraint(fields=("body", "name"), name="venue_name_unique"),)

    def __str__(self) -> str:
        return self.name


class VenueStation(models.Model):
    """How many workstations a venue has for an occupation (工位)."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="stations", verbose_name="考点")
    occupation_code = models.CharField("职业编码", max_length=12)
    workstations = models.PositiveIntegerField("工位数")

    class Meta:
        verbose_name = verbose_name_plural = "工位"
        constraints = (
            models.UniqueConstraint(fields=("venue", "occupation_code"), name="venue_station_unique"),
        )

    def __str__(self) -> str:
        return f"{self.venue} {self.occupation_code} {self.workstations}"
