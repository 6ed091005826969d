"""Plain-Python cores: importable and useful alone; no Django, no imports of one another."""
