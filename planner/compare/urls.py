"""Addresses of the compare pages."""

from django.urls import URLPattern, URLResolver, path

from planner.compare import views

app_name = "compare"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.compare, name="compare"),
]
