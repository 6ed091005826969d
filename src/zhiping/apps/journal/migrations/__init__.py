"""Migrations, generated and reviewed."""
