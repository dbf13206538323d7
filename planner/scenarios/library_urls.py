"""Addresses of the library, under /library/ and without a namespace."""

from django.urls import URLPattern, URLResolver, path

from planner.scenarios import library_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", library_views.library, name="library"),
    path("from-version/<uuid:uuid>/", library_views.keep, name="library-keep"),
    path("<slug:shelf>/", library_views.shelf, name="library-shelf"),
    path("<slug:shelf>/<uuid:uuid>/", library_views.item, name="library-item"),
]
