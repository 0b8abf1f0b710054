"""People on their pages."""

from __future__ import annotations

from tests.conftest import somebody


def test_everybody_is_listed_with_role_and_way_in_and_has_a_page(world, admin, agent):
    left = somebody("viewer", "left@desk.example")
    admin.act(f"/people/{left.id}/deactivations", {})
    page = admin.get("/people").text
    for said in ("ada@desk.example", "abel@desk.example", "Switched off", "2 may sign in"):
        assert said in page
    assert "Person deactivated" in admin.get(f"/people/{left.id}").text
    assert admin.get("/people/999").status_code == 404


def test_anybody_has_a_page_of_their_own_and_nobody_else_s(world, viewer, admin):
    page = viewer.get("/you").text
    assert "vera@desk.example" in page
    assert "Set up a second factor" in page
    assert viewer.get(f"/people/{admin.person.id}").status_code == 403
    assert 'href="/people"' not in page
    assert 'href="/people"' in admin.get("/you").text
    assert 'aria-current="page"' not in admin.get("/you").text, "it is no part of the list of people"
