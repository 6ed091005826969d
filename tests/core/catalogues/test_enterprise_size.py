from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.enterprise_size import Indicator, Outcome, Size, classify, size_table
from zhiping.core.catalogues.errors import IndustryUnknownError, SizeFigureNegativeError
from zhiping.core.catalogues.industries import industries

# The published table, written down a second time: industry, code to ask with, large, medium and small bounds.
PUBLISHED = {
    "农、林、牧、渔业": ("A", {"revenue": (20000, 500, 50)}),
    "工业": ("C", {"staff": (1000, 300, 20), "revenue": (40000, 2000, 300)}),
    "建筑业": ("E", {"revenue": (80000, 6000, 300), "assets": (80000, 5000, 300)}),
    "批发业": ("51", {"staff": (200, 20, 5), "revenue": (40000, 5000, 1000)}),
    "零售业": ("52", {"staff": (300, 50, 10), "revenue": (20000, 500, 100)}),
    "交通运输业": ("54", {"staff": (1000, 300, 20), "revenue": (30000, 3000, 200)}),
    "仓储业": ("59", {"staff": (200, 100, 20), "revenue": (30000, 1000, 100)}),
    "邮政业": ("60", {"staff": (1000, 300, 20), "revenue": (30000, 2000, 100)}),
    "住宿业": ("61", {"staff": (300, 100, 10), "revenue": (10000, 2000, 100)}),
    "餐饮业": ("62", {"staff": (300, 100, 10), "revenue": (10000, 2000, 100)}),
    "信息传输业": ("63", {"staff": (2000, 100, 10), "revenue": (100000, 1000, 100)}),
    "软件和信息技术服务业": ("65", {"staff": (300, 100, 10), "revenue": (10000, 1000, 50)}),
    "房地产开发经营": ("7010", {"revenue": (200000, 1000, 100), "assets": (10000, 5000, 2000)}),
    "物业管理": ("702", {"staff": (1000, 300, 100), "revenue": (5000, 1000, 500)}),
    "租赁和商务服务业": ("L", {"staff": (300, 100, 10), "assets": (120000, 8000, 100)}),
    "其他未列明行业": ("M", {"staff": (300, 100, 10)}),
}
STEPS = (Size.LARGE, Size.MEDIUM, Size.SMALL)
EDGES = [
    (code, bounds, indicator, step, bound)
    for code, bounds in PUBLISHED.values()
    for indicator, figures in bounds.items()
    for step, bound in zip(STEPS, figures, strict=True)
]


def test_the_table_is_the_published_one():
    table = {
        row.industry: {
            indicator.value: tuple(int(figures[step]) for step in STEPS)
            for indicator, figures in row.bounds.items()
        }
        for row in size_table().rows
    }
    assert table == {industry: bounds for industry, (_, bounds) in PUBLISHED.items()}


@pytest.mark.parametrize(("code", "bounds", "indicator", "step", "bound"), EDGES)
def test_every_bound_is_inclusive_and_one_below_is_a_step_down(code, bounds, indicator, step, bound):
    others = {other: figures[0] for other, figures in bounds.items() if other != indicator}
    assert classify(code, **others, **{indicator: bound}).size is step
    assert classify(code, **others, **{indicator: Decimal(bound) - Decimal("0.01")}).size is Size(step - 1)


def test_both_indicators_must_reach_the_bound():
    assert classify("C34", staff=300, revenue=2000).size is Size.MEDIUM
    assert classify("C34", staff=300, revenue=1999).size is Size.SMALL
    assert classify("C34", staff=299, revenue=2000).size is Size.SMALL
    assert classify("C34", staff=1000, revenue=39999).size is Size.MEDIUM
    assert classify("C34", staff=5000, revenue=299).size is Size.MICRO


def test_warehousing_is_large_at_two_hundred_and_medium_at_one_hundred():
    assert classify("59", staff=200, revenue=30000).size is Size.LARGE
    assert classify("59", staff=199, revenue=30000).size is Size.MEDIUM
    assert classify("5990", staff=100, revenue=1000).size is Size.MEDIUM
    assert classify("59", staff=99, revenue=1000).size is Size.SMALL
    assert classify("59", staff=20, revenue=100).size is Size.SMALL
    assert classify("59", staff=19, revenue=100).size is Size.MICRO


@pytest.mark.parametrize("code", ["63", "I63", "64", "6420"])
def test_information_transmission_is_large_at_two_thousand_and_a_thousand_million(code):
    assert classify(code, staff=2000, revenue=100000).size is Size.LARGE
    assert classify(code, staff=1999, revenue=100000).size is Size.MEDIUM
    assert classify(code, staff=100, revenue=1000).size is Size.MEDIUM
    assert classify(code, staff=100, revenue=999).size is Size.SMALL
    assert classify(code, staff=10, revenue=99).size is Size.MICRO


@pytest.mark.parametrize(
    "code",
    ["53", "5310", "J", "J66", "69", "P", "83", "8391", "84", "Q84", "S", "91", "T", "97", "704", "7040"],
)
def test_industries_outside_the_table_have_no_size_and_are_not_micro(code):
    verdict = classify(code, staff=1, revenue=1, assets=1)
    assert (verdict.outcome, verdict.size, verdict.at_most) == (Outcome.NOT_APPLICABLE, None, None)
    assert verdict.reason
    assert verdict.is_at_least(Size.SMALL) is None


@pytest.mark.parametrize("code", ["F", "G", "H", "I", "K", "70", "Q"])
def test_a_code_that_spans_several_rows_is_unknown(code):
    verdict = classify(code, staff=1000, revenue=1_000_000, assets=1_000_000)
    assert (verdict.outcome, verdict.size, verdict.missing) == (Outcome.UNKNOWN, None, ("industry_code",))


@pytest.mark.parametrize("code", ["M73", "74", "N", "80", "R", "9011", "85", "8511", "703", "709"])
def test_other_listed_industries_go_by_staff_alone(code):
    assert classify(code, staff=100).size is Size.MEDIUM
    assert classify(code, staff=99).size is Size.SMALL


def test_a_missing_indicator_leaves_the_size_open_but_bounded():
    verdict = classify("C34", staff=500)
    assert (verdict.outcome, verdict.size, verdict.missing) == (Outcome.UNKNOWN, None, ("revenue",))
    assert verdict.at_most is Size.MEDIUM
    assert verdict.is_at_least(Size.MEDIUM) is None
    assert verdict.is_at_least(Size.LARGE) is False


def test_an_indicator_that_does_not_count_is_not_missed():
    assert classify("E", revenue=6000, assets=5000).size is Size.MEDIUM
    assert classify("E", staff=10_000, revenue=6000).missing == ("assets",)


def test_one_indicator_at_micro_decides_without_the_other():
    verdict = classify("C34", staff=19)
    assert (verdict.outcome, verdict.size) == (Outcome.DETERMINED, Size.MICRO)


def test_nothing_known_is_unknown():
    verdict = classify("C34")
    assert (verdict.outcome, verdict.at_most, verdict.missing) == (
        Outcome.UNKNOWN,
        None,
        ("staff", "revenue"),
    )


def test_the_nearest_miss_is_the_indicator_that_holds_the_enterprise_back():
    verdict = classify("C34", staff=300, revenue=1999)
    assert verdict.nearest_miss.indicator is Indicator.REVENUE
    assert (verdict.nearest_miss.next_bound, verdict.nearest_miss.short_by) == (2000, 1)
    both = classify("C34", staff=150, revenue=1999)
    assert both.nearest_miss.indicator is Indicator.STAFF
    assert classify("C34", staff=1000, revenue=40000).nearest_miss is None
    assert verdict.is_at_least(Size.MEDIUM) is False
    assert verdict.is_at_least(Size.SMALL) is True


@pytest.mark.parametrize("code", ["", "34C", "98", "00", "D34", "U", "C3", "C34111"])
def test_a_text_that_is_no_industry_code_is_refused(code):
    with pytest.raises(IndustryUnknownError):
        classify(code, staff=1)


def test_a_negative_figure_is_refused():
    with pytest.raises(SizeFigureNegativeError) as refusal:
        classify("C34", staff=-1)
    assert refusal.value.facts == {"indicator": "从业人员（人）", "value": -1}


FIGURES = st.integers(0, 250_000)
CODES = st.sampled_from([code for code, _ in PUBLISHED.values()])


@given(
    code=CODES,
    staff=FIGURES,
    revenue=FIGURES,
    assets=FIGURES,
    more=FIGURES,
    which=st.sampled_from(["staff", "revenue", "assets"]),
)
def test_more_of_anything_never_makes_an_enterprise_smaller(code, staff, revenue, assets, more, which):
    figures = {"staff": staff, "revenue": revenue, "assets": assets}
    grown = figures | {which: figures[which] + more}
    assert classify(code, **grown).size >= classify(code, **figures).size


@given(
    code=CODES,
    staff=FIGURES,
    revenue=FIGURES,
    assets=FIGURES,
    hidden=st.sampled_from(["staff", "revenue", "assets"]),
)
def test_what_is_bounded_without_a_figure_holds_with_it(code, staff, revenue, assets, hidden):
    figures = {"staff": staff, "revenue": revenue, "assets": assets}
    partly = classify(code, **(figures | {hidden: None}))
    wholly = classify(code, **figures)
    assert partly.at_most is None or wholly.size <= partly.at_most
    assert partly.size in {None, wholly.size}


@given(code=CODES, staff=FIGURES, revenue=FIGURES, assets=FIGURES)
def test_reaching_the_nearest_miss_is_needed_for_the_next_size(code, staff, revenue, assets):
    verdict = classify(code, staff=staff, revenue=revenue, assets=assets)
    miss = verdict.nearest_miss
    assert (miss is None) == (verdict.size is Size.LARGE)
    if miss is not None:
        assert miss.short_by > 0
        assert miss.next_size is Size(verdict.size + 1)


def test_the_classification_has_twenty_sections_and_ninety_seven_divisions():
    entries = industries().all()
    assert sum(entry.level == "section" for entry in entries) == 20
    divisions = [entry.code for entry in entries if entry.level == "division"]
    assert divisions == [f"{number:02d}" for number in range(1, 98)]
    assert industries().divisions_of("C") == tuple(f"{number}" for number in range(13, 44))
    assert (industries().divisions_of("G")[0], industries().divisions_of("R")[-1]) == ("53", "90")


def test_training_has_its_own_class():
    assert industries().find("8391").name == "职业技能培训"
    assert industries().path("P8391") == ("P", "83", "839", "8391")


def test_every_division_is_listed_or_excluded_or_needs_more_digits():
    for entry in industries().all():
        if entry.level == "division":
            outcome = classify(entry.code, staff=1000, revenue=1_000_000, assets=1_000_000).outcome
            assert (outcome is Outcome.UNKNOWN) == (entry.code == "70"), entry
