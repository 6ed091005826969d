"""Settings, URLs, logging."""
