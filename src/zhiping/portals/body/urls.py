"""Addresses of the body portal."""

from django.urls import URLPattern

app_name = "body"
urlpatterns: list[URLPattern] = []
