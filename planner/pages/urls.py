"""Addresses of home, method and glossary."""

from django.urls import URLPattern, URLResolver, path

from planner.pages import views

app_name = "pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("start/dismissal/", views.start_dismissal, name="start-dismissal"),
    path("demo/reset/", views.demo_reset, name="demo-reset"),
    path("method/", views.method, name="method"),
    path("method/serving/", views.method_serving, name="method-serving"),
    path("method/serving/points.csv", views.method_points, name="method-points"),
    path("mechanisms/", views.mechanisms, name="mechanisms"),
    path("glossary/", views.glossary, name="glossary"),
]
