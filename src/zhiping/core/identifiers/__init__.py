"""Identifiers of the field: credit codes, identity numbers, occupation codes, certificate numbers."""
