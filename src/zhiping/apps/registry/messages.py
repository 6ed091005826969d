"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {}
