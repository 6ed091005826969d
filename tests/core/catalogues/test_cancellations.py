"""Cancelled items, equivalences and rates as the catalogue files state them."""

import datetime as dt

from zhiping.core.catalogues.cancellations import (
    Setter,
    batch,
    batches,
    counterpart_of,
    listed_items,
    total,
)
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.rates import RateKind, listed_equivalences, listed_rates


def test_seven_batches_make_429_items_and_five_wait():
    national = [one for one in batches() if one.place == "CN" and one.is_published]
    assert [one.items for one in national] == [11, 67, 67, 62, 61, 47, 114]
    assert [one.number for one in national] == [1, 2, 3, 4, 5, 6, 7]
    assert total() == 429
    assert total(published_only=False) == 434
    assert total(place="220000") == 71


def test_batches_are_announced_one_after_the_other_and_before_the_notice_that_counts_them():
    days = [one.announced_on for one in batches() if one.place == "CN" and one.is_published]
    assert days == sorted(days)
    assert days[-1] < dt.date(2017, 7, 14)


def test_items_that_wait_for_a_change_of_law_are_not_cancelled():
    waiting = batch("pending")
    assert waiting.is_published is False
    assert waiting.announced_on is None
    assert batch("没有") is None


def test_a_batch_never_names_more_items_than_it_has_and_every_item_belongs_to_one():
    for one in batches():
        named = [row for row in listed_items() if (row.place, row.batch) == (one.place, one.code)]
        assert len(named) <= one.items
        assert len({row.name for row in named}) == len(named)
    assert {(row.place, row.batch) for row in listed_items()} <= {(one.place, one.code) for one in batches()}
    assert len({row.key for row in listed_items()}) == len(listed_items()) == 25


def test_the_province_set_its_own_items_and_the_departments_the_others():
    assert {one.set_by for one in batches() if one.place == "CN"} == {Setter.STATE_COUNCIL_DEPARTMENT}
    assert batch("JL").set_by is Setter.PROVINCE


def test_the_counterpart_is_that_of_the_department_that_leads():
    there = {"province": "吉林省", "on": dt.date(2018, 10, 31)}
    assert counterpart_of("国家税务总局、人力资源和社会保障部", **there) == "吉林省税务局"
    assert counterpart_of("某某协会", **there) == counterpart_of("", **there) == ""
    assert counterpart_of("国家旅游局", **there) == "吉林省旅游发展委员会"
    assert counterpart_of("国家旅游局", **there | {"on": dt.date(2018, 11, 1)}) == "吉林省文化和旅游厅"


def test_an_amount_that_was_not_seen_is_no_amount():
    assert {one.kind for one in listed_rates()} == {RateKind.FEE, RateKind.SUBSIDY}
    assert all(one.amount is None and one.certainty is Certainty.UNCERTAIN for one in listed_rates())
    assert all(one.clause and one.note for one in listed_rates())


def test_equivalences_say_that_they_are_uncertain():
    assert {one.certainty for one in listed_equivalences()} == {Certainty.UNCERTAIN}
    titles = [one.counterpart for one in listed_equivalences() if one.basis in "123"]
    assert titles == ["助理级", "中级", "副高级"]
