"""Whether the desk lives, can work, and how it fares."""

from __future__ import annotations

import pytest

from dashboard.web import assets


def test_a_living_desk_says_so(app, client):
    assert client.get("/healthz").json == {"alive": True}


def test_a_desk_that_can_work_says_so(app, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "missing": []})


def test_missing_assets_are_named(app, client, monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "STAMP", tmp_path / "never-installed.txt")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["missing"] == ["The browser assets are not installed; run make setup."]


def test_missing_migrations_are_named(make_app, tmp_path):
    answer = make_app(f"sqlite:///{tmp_path}/empty.sqlite3").test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["missing"] == ["The database is not at the newest migration; run flask db upgrade."]


def test_a_database_that_does_not_answer_is_named_and_the_desk_still_lives(make_app):
    desk = make_app("postgresql+psycopg://nobody@127.0.0.1:1/none").test_client()
    assert "The database does not answer." in desk.get("/readyz").json["missing"]
    assert desk.get("/healthz").status_code == 200


def test_measurements_are_for_this_machine_and_for_people_who_may_read_them(app, outsider, viewer, admin):
    far = {"REMOTE_ADDR": "203.0.113.9"}
    outsider.get("/sign-in")
    assert 'desk_requests_total{endpoint="security.login"' in outsider.get("/metrics").text
    assert outsider.get("/metrics", environ_base=far).status_code == 403
    assert viewer.get("/metrics", environ_base=far).status_code == 403
    assert admin.get("/metrics", environ_base=far).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_opens_the_measurements_to_nobody(app, outsider, header):
    assert outsider.get("/metrics", headers={header: "203.0.113.9"}).status_code == 403
