"""Narrowing any query to places: the first wall between offices."""

from django.db.models import Model, Q, QuerySet


def within_prefixes[M: Model](
    rows: QuerySet[M], prefixes: tuple[str, ...], field: str = "place"
) -> QuerySet[M]:
    """Return the rows whose place code starts with one of the prefixes; no prefix, no rows.

    An empty string among the prefixes stands for the nation and lets every place through.
    """
    if not prefixes:
        return rows.none()
    if "" in prefixes:
        return rows
    condition = Q()
    for prefix in prefixes:
        condition |= Q(**{f"{field}__startswith": prefix})
    return rows.filter(condition)
