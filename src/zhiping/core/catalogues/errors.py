"""Refusals of the catalogues."""

from zhiping.kernel.errors import DomainError


class CatalogueUnreadableError(DomainError):
    """A catalogue file is missing or is not what its header says."""

    code = "catalogues.unreadable"


class DivisionUnknownError(DomainError):
    """No division had that code on that day."""

    code = "catalogues.division_unknown"


class EditionUnknownError(DomainError):
    """There is no such edition of the occupational classification."""

    code = "catalogues.edition_unknown"


class EditionListMissingError(DomainError):
    """The edition exists, but its list of occupations is not held."""

    code = "catalogues.edition_list_missing"


class OccupationUnknownError(DomainError):
    """The edition lists no such occupation."""

    code = "catalogues.occupation_unknown"


class IndustryUnknownError(DomainError):
    """The text is no industry code."""

    code = "catalogues.industry_unknown"


class SizeFigureNegativeError(DomainError):
    """A number of people or an amount of money is below zero."""

    code = "catalogues.size_figure_negative"
