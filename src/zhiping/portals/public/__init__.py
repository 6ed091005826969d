"""Public portal (公众门户): no login."""
