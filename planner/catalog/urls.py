"""Addresses of the catalog pages."""

from django.urls import URLPattern, URLResolver, path

from planner.catalog import views

app_name = "catalog"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.entries, name="entries"),
    path("releases/", views.releases, name="releases"),
    path("releases/<int:number>/", views.release, name="release"),
    path("<uuid:uuid>/", views.entry, name="entry"),
]
