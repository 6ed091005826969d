"""The views, one file per group of pages."""
