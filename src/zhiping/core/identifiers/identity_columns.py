"""The identity-number check for a whole column at once (整列身份号码校验), as polars expressions."""

from datetime import date

import polars as pl

from zhiping.core.identifiers.identity_number import (
    CHECK_CHARACTERS,
    FORMER_LENGTH,
    LENGTH,
    OLDEST_YEARS,
    WEIGHTS,
)
from zhiping.core.identifiers.normal_text import DASHES, INVISIBLE
from zhiping.core.identifiers.provinces import MAINLAND

_NORMAL = rf"^(?:[0-9]{{{FORMER_LENGTH}}}|[0-9]{{{LENGTH - 1}}}[0-9X])$"
_HEADS = sorted(MAINLAND | {"71", "81", "82", "83"})


def normal_code_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column in its one spelling, as `normalise_code` writes it."""
    text = pl.col(column) if isinstance(column, str) else column
    plain = text.str.normalize("NFKC").str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", "")
    return plain.str.replace_all(DASHES, "-").str.strip_chars_start("'").str.to_uppercase()


def normal_text_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column in its one spelling, as `normalise_text` writes it."""
    text = pl.col(column) if isinstance(column, str) else column
    plain = text.str.normalize("NFKC").str.replace_all(INVISIBLE, "")
    return plain.str.replace_all(r"\s+", " ").str.strip_chars()


def full_identity_number_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column with 15-digit numbers upgraded to 18; other texts are only normalised."""
    return normal_code_expr(column).map_batches(_upgraded, return_dtype=pl.String, is_elementwise=True)


def identity_number_valid_expr(column: str | pl.Expr, *, on: date) -> pl.Expr:
    """Return, per row, whether the text is a valid identity number; the same answer as `problems` gives.

    A missing value stays missing.
    """

    def judged(numbers: pl.Series) -> pl.Series:
        return _are_valid(_upgraded(numbers), on)

    return normal_code_expr(column).map_batches(judged, return_dtype=pl.Boolean, is_elementwise=True)


def read_identity_numbers(numbers: pl.Series, *, on: date) -> pl.DataFrame:
    """Return what identity numbers say: `number` of 18 places, `born_on` and `is_male`.

    All three are missing where there is no number, or one that `problems` finds something wrong with.
    """
    if not numbers.str.contains(_NORMAL).all():
        numbers = numbers.to_frame("number").select(normal_code_expr("number")).to_series()
    full = _upgraded(numbers)
    is_valid = _are_valid(full, on).fill_null(value=False)
    valid = full.zip_with(is_valid, pl.Series([None], dtype=pl.String).new_from_index(0, len(full)))
    return pl.DataFrame(
        {
            "number": valid,
            "born_on": valid.str.slice(6, 8).str.to_date("%Y%m%d"),
            "is_male": valid.str.slice(LENGTH - 2, 1).cast(pl.Int64) % 2 == 1,
        }
    )


# The steps work on whole series: in one nested expression every step would be computed again wherever it is
# used, which took seventy times as long.


def _upgraded(numbers: pl.Series) -> pl.Series:
    is_former = numbers.str.contains(rf"^[0-9]{{{FORMER_LENGTH}}}$")
    if not is_former.any():
        return numbers
    bodies = numbers.str.slice(0, 6) + "19" + numbers.str.slice(6)
    return (bodies + _check_characters(bodies)).zip_with(is_former.fill_null(value=False), numbers)


def _are_valid(numbers: pl.Series, on: date) -> pl.Series:
    has_form = numbers.str.contains(rf"^[0-9]{{{LENGTH - 1}}}[0-9X]$")
    has_head = numbers.str.slice(0, 2).is_in(_HEADS) | numbers.str.starts_with("9")
    born = numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    is_birthday_ahead = born.dt.month().cast(pl.Int32) * 100 + born.dt.day() > on.month * 100 + on.day
    ages = on.year - born.dt.year() - is_birthday_ahead.cast(pl.Int32)
    is_born_in_time = ((born <= on) & (ages <= OLDEST_YEARS)).fill_null(value=False)
    checks = (numbers.str.slice(LENGTH - 1, 1) == _check_characters(numbers)).fill_null(value=False)
    unknown = pl.repeat(None, len(numbers), dtype=pl.Boolean, eager=True)
    return (has_form & has_head & is_born_in_time & checks).zip_with(numbers.is_not_null(), unknown)


def _check_characters(numbers: pl.Series) -> pl.Series:
    """Return the check characters of the first 17 digits; missing where they are no digits."""
    values = numbers.str.slice(0, LENGTH - 1).cast(pl.Int64, strict=False).to_frame("value")
    products = (
        pl.col("value") // 10 ** (LENGTH - 2 - place) % 10 * weight for place, weight in enumerate(WEIGHTS)
    )
    total = values.select(pl.sum_horizontal(*products, ignore_nulls=False)).to_series()
    return (total % len(CHECK_CHARACTERS)).replace_strict(
        dict(enumerate(CHECK_CHARACTERS)),
        return_dtype=pl.String,
    )
