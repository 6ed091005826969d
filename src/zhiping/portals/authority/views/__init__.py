"""Views of the desk, one file per group of things."""
