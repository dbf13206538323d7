"""The health page: quick, open to everyone, and silent about everybody's data."""

import time

import pytest
from django.db import DatabaseError

from planner.runs import feeding, health, lives

pytestmark = pytest.mark.django_db


def asked(client):
    return client.get("/health/", headers={"accept": "application/json"})


def test_without_broker_and_workers_it_says_so_within_a_second(client, no_broker):
    began = time.perf_counter()
    answer = asked(client)
    assert time.perf_counter() - began < 1.0
    found = answer.json()
    assert answer.status_code == 200
    assert (found["status"], found["database"]) == ("degraded", "ok")
    assert (found["broker"], found["workers"], found["reconciler"]) == (
        "no answer",
        "none alive",
        "not alive",
    )


def test_with_everything_alive_it_is_ok(client, monkeypatch):
    monkeypatch.setattr(feeding, "broker_answers", lambda: True)
    lives.beat("worker", "a:1", slots=2)
    lives.beat("reconciler", "a:2")
    found = asked(client).json()
    assert found["status"] == "ok"
    assert found["worker_count"] == 1


def test_without_a_database_it_is_503_in_json(client, monkeypatch):
    def gone(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", gone)
    answer = asked(client)
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"


def test_a_browser_gets_a_page(client):
    answer = client.get("/health/", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "reconciler" in answer.content.decode()
