"""Addresses of the compare pages."""

from django.urls import URLPattern, URLResolver

app_name = "compare"
urlpatterns: list[URLPattern | URLResolver] = []
