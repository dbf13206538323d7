"""Addresses of the runs pages."""

from django.urls import URLPattern, URLResolver, path

from planner.runs import preview_views, views
from planner.runs.tie_out import tie_out

app_name = "runs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.runs, name="list"),
    path("versions/<uuid:uuid>/", views.new_run, name="new"),
    path("preview/<uuid:uuid>/", preview_views.preview, name="preview"),
    path("tie-out/<uuid:uuid>/", tie_out, name="tie_out"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/progress/", views.progress, name="progress"),
    path("<uuid:uuid>/cancellation/", views.cancellation, name="cancellation"),
    path("<uuid:uuid>/results/", views.results, name="results"),
    path("<uuid:uuid>/ledger.<str:form>", views.ledger_export, name="ledger_export"),
    path("<uuid:uuid>/draws/<int:draw>/", views.draw, name="draw"),
    path("<uuid:uuid>/draws/<int:draw>/ledger.<str:form>", views.draw_export, name="draw_export"),
]
