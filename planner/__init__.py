"""Genka's web product: apps as vertical slices, lowest first: core, audit, teams, catalog, ... pages."""

from planner.celery import app as celery_app

__all__ = ["celery_app"]
