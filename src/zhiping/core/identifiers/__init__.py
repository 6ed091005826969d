"""Identifiers of the field: credit codes, identity numbers, occupation codes, certificate numbers.

One file per identifier. Each has `problems(text, …)`, which returns everything that is wrong as values for a
row's reasons, and a `parse` that returns a frozen value or refuses with the same problems. Texts are
normalised first, so full-width characters, spaces and invisible signs never decide. `messages.sentence` says
a problem in Chinese. `identity_columns` does the identity-number check for a whole column.
"""
