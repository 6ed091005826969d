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

_HEADS = sorted(MAINLAND | {"71", "81", "82", "83"})


def normal_code_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column in its one spelling, as `normalise_code` writes it."""
    text = pl.col(column) if isinstance(column, str) else column
    plain = text.str.normalize("NFKC").str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", "")
    return plain.str.replace_all(DASHES, "-").str.strip_chars_start("'").str.to_uppercase()


def full_identity_number_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column with 15-digit numbers upgraded to 18; other texts are only normalised."""
    number = normal_code_expr(column)
    is_former = number.str.contains(rf"^[0-9]{{{FORMER_LENGTH}}}$")
    body = pl.concat_str(number.str.slice(0, 6), pl.lit("19"), number.str.slice(6))
    return pl.when(is_former).then(pl.concat_str(body, _check_character(body))).otherwise(number)


def identity_number_valid_expr(column: str | pl.Expr, *, on: date) -> pl.Expr:
    """Return, per row, whether the text is a valid identity number; the same answer as `problems` gives.

    A missing value stays missing.
    """
    number = full_identity_number_expr(column)
    has_form = number.str.contains(rf"^[0-9]{{{LENGTH - 1}}}[0-9X]$")
    has_head = number.str.slice(0, 2).is_in(_HEADS) | number.str.starts_with("9")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    is_born_in_time = (born <= on) & (_age(born, on) <= OLDEST_YEARS)
    checks = number.str.slice(LENGTH - 1, 1) == _check_character(number)
    is_valid = has_form & has_head & is_born_in_time.fill_null(value=False) & checks.fill_null(value=False)
    return pl.when(number.is_not_null()).then(is_valid)


def _age(born: pl.Expr, on: date) -> pl.Expr:
    birthday_is_ahead = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()) > on.month * 100 + on.day
    return pl.lit(on.year) - born.dt.year() - birthday_is_ahead.cast(pl.Int32)


def _check_character(number: pl.Expr) -> pl.Expr:
    digits = [number.str.slice(place, 1).cast(pl.Int32, strict=False) for place in range(LENGTH - 1)]
    total = pl.sum_horizontal(
        (digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True)),
        ignore_nulls=False,
    )
    return (total % 11).replace_strict(dict(enumerate(CHECK_CHARACTERS)), return_dtype=pl.String)
