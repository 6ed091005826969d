"""Views of the public portal, one file per subject."""
