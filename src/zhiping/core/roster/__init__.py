"""Spreadsheets in, row verdicts out."""
