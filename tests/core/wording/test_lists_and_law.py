"""The forbidden words say what the policy book says, and cite what it holds."""

import doctest
import importlib
import pkgutil

import pytest

from zhiping.core import wording
from zhiping.core.policybook import PolicyBook
from zhiping.core.wording import TextKind, choices_in_force, guard_in_force
from zhiping.core.wording.choices import RevivalChoices
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

CLAUSES = ("GD18-2b", "RSBF17-68-2", "RSBH22-25-1", "RSBH22-25-3")


@pytest.fixture(scope="module")
def book():
    return PolicyBook.load(policy_folder())


def test_every_clause_is_in_a_document_whose_place_and_days_hold_the_rule(book):
    for rule in guard_in_force().rules:
        document = book.documents[book.clauses[rule.clause].document]
        assert document.place == rule.place, rule
        assert document.in_force == rule.period, rule


def test_the_words_of_a_clause_are_those_of_its_parameter(book):
    for clause in CLAUSES:
        listed = {
            (word, row.place, row.valid_from, row.valid_to)
            for row in book.parameter_rows()
            if row.key.startswith("certificate_text.") and row.clause == clause
            for word in row.value
        }
        kind = TextKind.ADVERTISEMENT if clause == "RSBH22-25-3" else TextKind.CERTIFICATE_NAME
        ours = {
            (rule.word, rule.place.code, rule.period.start, rule.period.end)
            for rule in guard_in_force().rules
            if rule.clause == clause and kind in rule.applies_to
        }
        assert ours == listed, clause


def test_the_book_and_the_file_give_the_same_choices(book):
    day = max(value.period.start for value in book.parameters["wording.revival_flag_at"].values)
    asked = RevivalChoices.from_values(lambda name: book.value(name, place=Place("CN"), on=day))
    assert asked == choices_in_force(day)


def test_all_choices_say_that_they_are_our_own(book):
    ours = [one for name, one in book.parameters.items() if name.startswith("wording.")]
    assert len(ours) == 11
    assert all(value.certainty == "uncertain" and value.note for one in ours for value in one.values)


@pytest.mark.parametrize(
    "name", [f"zhiping.core.wording.{one.name}" for one in pkgutil.iter_modules(wording.__path__)]
)
def test_the_examples_in_the_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
