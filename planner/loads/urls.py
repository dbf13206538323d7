"""Addresses of the loads pages."""

from django.urls import URLPattern, URLResolver

app_name = "loads"
urlpatterns: list[URLPattern | URLResolver] = []
