"""Refusals of the wording guard and of the revival guard."""

from zhiping.kernel.errors import DomainError


class WordRuleUnreadableError(DomainError):
    """A row of the forbidden words or of their contexts is not what it should be."""

    code = "wording.rule_unreadable"


class ExampleUnreadableError(DomainError):
    """A row of a labelled list is not what it should be."""

    code = "wording.example_unreadable"


class ChoiceMissingError(DomainError):
    """The policy folder does not say a number that the revival guard needs."""

    code = "wording.choice_missing"


class ItemNameEmptyError(DomainError):
    """A cancelled item has no name, or one without a single letter."""

    code = "wording.item_name_empty"
