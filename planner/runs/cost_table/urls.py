"""Addresses of the cost table."""

from django.urls import URLPattern, URLResolver, path

from planner.runs.cost_table import views

app_name = "cost_table"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.table, name="table"),
    path("<slug:chip>/<slug:model>/", views.cell, name="cell"),
]
