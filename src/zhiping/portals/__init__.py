"""Audiences: public, body, authority, api, console."""
