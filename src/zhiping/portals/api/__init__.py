"""Machine interface, OpenAPI 3.1."""
