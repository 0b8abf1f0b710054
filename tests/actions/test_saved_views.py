"""Views of lists: whose they are, who sees them, who may change them, and that they open whatever became of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from dashboard.actions.saved_views.action import remove_view, save_view
from dashboard.database import db, transaction
from dashboard.domain.saved_views import LISTS, OWN_VIEWS_AT_MOST, ViewRefused, kept_of
from dashboard.models import SavedView
from dashboard.panels import PANELS
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once

SAVE = "/lists/aging/saved-views"


@filled_once
def shop(world: World) -> None:
    """Two lines that wait."""
    world.order("1", "CHAIR", 1, placed="2026-02-20", tier="vip")
    world.order("2", "LAMP", 1, placed="2026-03-11")
    world.plan()


def views_of(desk: Desk, page: str = "/aging") -> dict[str, tuple[str, bool]]:
    """The views in the menu of a page: name, address, and whether it is the one that is shown."""
    ways = re.findall(
        r'<a class="menu-item" href="([^"]*)" data-view(?: aria-current="(true)")?[^>]*>'
        r'<span class="menu-words">([^<]*)<',
        desk.get(page).text,
    )
    return {name: (address.replace("&amp;", "&"), bool(current)) for address, current, name in ways}


def test_views_can_be_kept_of_every_panel() -> None:
    assert {panel.word for panel in PANELS} == set(LISTS)


def test_what_a_page_shows_is_kept_and_shows_the_same_again(shop: World, agent: Desk, viewer: Desk) -> None:
    page = "/aging?tier=vip&sort=-age&columns=order,age&after=W10"
    form = agent.get(f"{SAVE}/new", headers={"Referer": f"http://localhost{page}"}).text
    kept = re.search(r'name="kept"[^>]*value="([^"]*)"', form)[1].replace("&amp;", "&")
    assert "after" not in kept
    saved = agent.act(SAVE, {"name": "  Late   VIPs ", "kept": kept})
    assert saved.status_code == 200
    assert "saved-views-changed" in saved.headers["HX-Trigger"]

    address, is_shown = views_of(agent)["Late VIPs"]
    assert not is_shown
    assert views_of(agent, address)["Late VIPs"][1], "the one that is shown is marked"
    for desk in (agent, viewer):  # a pasted link shows the same to anybody
        text = desk.get(address).text
        assert re.findall(r'class="row-link" href="/orders/(\d)', text) == ["1"]
        assert re.findall(r'<th scope="col"[^>]*><a[^>]*>(\w+)', text) == ["Order", "Age"]
    assert views_of(viewer) == {}, "it is its owner's alone"


def test_who_may_share_does_and_everybody_sees_it(shop: World, manager: Desk, agent: Desk, viewer: Desk) -> None:
    assert manager.act(SAVE, {"name": "Over two weeks", "kept": "age=15-30", "shared": "y"}).status_code == 200
    assert {*views_of(viewer)} == {*views_of(agent)} == {"Over two weeks"}
    assert agent.act(SAVE, {"name": "Mine", "kept": "age=0-7", "shared": "y"}).status_code == 403
    assert 'name="shared"' not in agent.panel(f"{SAVE}/new").text
    assert agent.panel("/saved-views/1/changes/new").status_code == 403
    assert agent.act("/saved-views/1/removals").status_code == 403


def test_nobody_learns_of_or_touches_views_of_others(shop: World, agent: Desk, manager: Desk) -> None:
    save_view("aging", name="Mine", kept="age=0-7", shared=False, actor=agent.person.id)
    for address in ("/saved-views/1/changes", "/saved-views/1/removals"):
        assert manager.panel(f"{address}/new").status_code == 404
        assert manager.act(address, {"name": "Yours"}).status_code == 404
    assert views_of(manager) == {}
    assert agent.panel("/lists/nonsense/saved-views/new").status_code == 404


def test_a_view_is_renamed_replaced_shared_and_removed(shop: World, manager: Desk, agent: Desk) -> None:
    save_view("aging", name="Mine", kept="age=0-7", shared=False, actor=manager.person.id)
    change = {"name": "Ours", "shared": "y", "replaces": "y", "kept": "tier=vip"}
    answer = manager.act("/saved-views/1/changes", change)
    assert "“Mine” now is called “Ours”, keeps what is shown now and is seen by everybody." in answer.text
    assert views_of(agent) == {"Ours": ("/aging?tier=vip", False)}
    assert manager.act("/saved-views/1/removals").status_code == 200
    assert views_of(agent) == views_of(manager) == {}
    again = manager.act("/saved-views/1/removals")
    assert again.status_code == 422
    assert "was removed meanwhile" in again.text
    assert manager.act(SAVE, {"name": "Ours", "kept": "tier=vip"}).status_code == 200, "its name is free again"


def test_an_owner_who_may_share_no_longer_renames_without_hiding_it(shop: World, agent: Desk, manager: Desk) -> None:
    save_view("aging", name="Mine", kept="age=0-7", shared=True, actor=agent.person.id)
    assert agent.act("/saved-views/1/changes", {"name": "Still ours"}).status_code == 200
    assert {*views_of(manager)} == {"Still ours"}


def test_a_view_of_what_is_no_longer_known_opens_without_it(shop: World, agent: Desk) -> None:
    gone = "age=weather&state=dead&tier=vip&supplier=GONE&sort=beauty&columns=order,beauty,age"
    save_view("aging", name="Old", kept=gone, shared=False, actor=agent.person.id)
    many = "&".join(f"sku=S{number}" for number in range(60))
    save_view("aging", name="Many", kept=many, shared=False, actor=agent.person.id)
    views = views_of(agent)
    assert views["Old"][0] == "/aging?supplier=GONE&tier=vip&columns=order,age"
    assert all(agent.get(address).status_code == 200 for address, _ in views.values())


def test_names_are_told_apart_and_nothing_is_kept_of_nothing(
    shop: World, manager: Desk, sign_in: Callable[..., Desk]
) -> None:
    other = sign_in("manager", "other@desk.example")
    save_view("aging", name="Late VIPs", kept="tier=vip", shared=True, actor=manager.person.id)
    for name, kept, sentence in (
        ("late vips", "age=0-7", "Everybody sees a view called “Late VIPs” already."),
        ("  ", "age=0-7", "A view needs a name."),
        ("Everything", "", "There is nothing to keep"),
        ("Long", "sku=" + "S" * 2_000, "too long to be kept"),
    ):
        answer = other.act(SAVE, {"name": name, "kept": kept})
        assert answer.status_code == 422
        assert sentence in answer.text
    save_view("fast-movers", name="Late VIPs", kept="status=out", shared=False, actor=other.person.id)
    with transaction() as session:
        owner = other.person.id
        session.add_all(
            SavedView(list="aging", owner_id=owner, name=f"{n}", kept="age=0-7") for n in range(OWN_VIEWS_AT_MOST)
        )
    with pytest.raises(ViewRefused, match="Remove one"):
        save_view("aging", name="One more", kept="age=0-7", shared=False, actor=other.person.id)
    assert db.session.get(SavedView, 1).shared
    remove_view(1, actor=manager.person.id)


def test_only_an_address_of_the_list_is_kept() -> None:
    assert kept_of("/aging?tier=vip&before=x&sort=-age", "aging") == "tier=vip&sort=-age"
    assert kept_of("/desk/aging?age=0-7&age=8-14", "aging") == "age=0-7&age=8-14"
    assert kept_of("/overview?tier=vip", "aging") == kept_of("/aging", "aging") == ""
