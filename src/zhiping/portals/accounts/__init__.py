"""Signing in and out, and what only a demonstration has: one-click accounts and a clock that moves."""
