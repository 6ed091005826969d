"""Look only: templates, components, static files."""
