"""Supply dealt out again: what is simulated is what a commit does, once, and an undo takes all of it back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from dashboard import clock, planning
from dashboard.actions.deal_runs.action import ask_for_run, commit_run, undo_run
from dashboard.actions.deal_variants.action import save_variant
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.stock_counts.action import count
from dashboard.database import db, transaction
from dashboard.domain.deal_variants import Segment
from dashboard.domain.deals import DealRefused
from dashboard.domain.explanations import in_words
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.models import DealResultPage, DealRun, Hold, ReceiptLine
from dashboard.panels.deals import panel
from dashboard.panels.deals.queries import all_results, results
from dashboard.panels.filters import Selection
from dashboard.panels.orders.explained import explained_lines
from dashboard.panels.orders.panel import OrderPage, load_order
from dashboard.planning import deal_results, deals
from dashboard.planning.packed import pack
from tests.conftest import Desk
from tests.factories import World

OLDEST_WIN = (Segment("placed=..2026-02-28", "oldest", "win"), Segment("", "queue", "redistribute"))
AGENCY_LOSES = (Segment("tier=agency", "queue", "lose"), Segment("", "oldest", "redistribute"))


@pytest.fixture
def short(world: World) -> World:
    """Ten chairs and a purchase order of eight for three orders: VIPs stand before an older one; a lamp beside."""
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 6, placed="2026-02-01", promised="2026-03-12")
    world.order("2", "CHAIR", 6, placed="2026-03-02", tier="vip", promised="2026-03-12")
    world.order("3", "CHAIR", 6, placed="2026-03-03", tier="vip", promised="2026-03-25")
    world.order("9", "LAMP", 2, placed="2026-03-03")
    world.purchase_order("PO-1", "CHAIR", 8, expected="2026-03-20")
    world.plan()
    return world


def simulated(segments: Sequence[Segment] = OLDEST_WIN, *, scope: str = "sku=CHAIR", name: str = "Oldest win") -> int:
    kept = save_variant(name=name, scope=scope, segments=segments, actor=None)
    asked = ask_for_run(int(kept.made), actor=None)
    assert simulate_deals()
    db.session.rollback()
    run = db.session.get_one(DealRun, int(asked.made))
    assert run.state == "simulated", run.failure
    return run.id


def stands(world: World) -> dict[str, tuple[int, list[tuple[str, int]]]]:
    """By order: units reserved, and what it waits for."""
    return {
        number: (world.reserved(number, line=1) or 0, [(po, qty) for po, qty, _ in world.pegs(number)])
        for number in ("1", "2", "3")
    }


def foreseen(run_id: int) -> dict[str, tuple[int, int]]:
    """By order: units reserved before and after."""
    rows = all_results(db.session(), run_id)
    return {row.order_number: (row.reserved_before, row.reserved_after) for row in rows}


def test_what_was_simulated_is_what_the_commit_does_and_it_stands_after_the_next_receipt(
    short: World, manager: Desk
) -> None:
    before = stands(short)
    assert before == {"1": (0, [("PO-1", 6)]), "2": (6, []), "3": (4, [("PO-1", 2)])}
    run_id = simulated()
    assert stands(short) == before, "a simulation moves nothing"
    said = foreseen(run_id)

    outcome = commit_run(run_id, reason="promised by the chief", actor=manager.person.id)
    after = stands(short)
    assert after == {"1": (6, []), "2": (4, [("PO-1", 2)]), "3": (0, [("PO-1", 6)])}
    assert {number: (before[number][0], after[number][0]) for number in said} == said
    assert len(outcome.consequences.listed) == len(said) == 3
    assert list(planning.check()) == [], "derived in part, it is the plan of all facts"

    receive(short.po_line("PO-1").id, qty=3, at="MAIN", actor=manager.person.id)
    assert stands(short)["2"][0] == 6, "its two units were dealt to it before they came"
    assert stands(short)["3"][0] == 1
    short.stock("CHAIR", 16)
    short.plan()
    assert stands(short)["1"][0] == 6
    assert list(planning.check()) == []


def test_who_gave_all_up_takes_nothing_of_what_comes_and_the_undo_gives_its_place_back(
    short: World, manager: Desk
) -> None:
    short.order("0", "CHAIR", 2, placed="2026-01-15", tier="agency")
    short.plan()
    before = stands(short)
    run_id = simulated(AGENCY_LOSES, name="Agencies last")
    commit_run(run_id, reason="agencies wait", actor=manager.person.id)
    assert (short.reserved("0", line=1), short.pegs("0")) == (0, [])
    short.stock("CHAIR", 100)
    short.plan()
    assert short.reserved("0", line=1) == 0
    assert stands(short)["1"][0] == 6
    short.stock("CHAIR", 10)
    short.plan()

    undo_run(run_id, why="they rang", actor=manager.person.id)
    assert stands(short) == before
    assert db.session.scalars(select(Hold.id).where(Hold.ended_at.is_(None))).all() == []
    assert list(planning.check()) == []
    with pytest.raises(DealRefused, match="undid run"):
        undo_run(run_id, why="twice", actor=manager.person.id)


def test_a_line_that_stands_elsewhere_by_a_run_says_so_on_its_page_and_in_its_file(short: World, manager: Desk) -> None:
    short.order("0", "CHAIR", 2, placed="2026-01-15", tier="agency")
    short.order("4", "CHAIR", 3, placed="2026-03-04")
    short.plan()
    before = why_of_all(short)
    run_id = simulated(AGENCY_LOSES, name="Agencies last")
    assert why_of_all(short) == before
    commit_run(run_id, reason="agencies wait", actor=manager.person.id)
    said = why_of_all(short)
    assert f"Run {run_id} made it stand back: it takes nothing that is not held for it." in said["0"]
    assert "run" not in said["9"], "what waits for another product stands where it stood"
    for number, words in said.items():
        assert words == in_words(page_of(number).why(page_of(number).lines[0]))
    undo_run(run_id, why="they rang", actor=manager.person.id)
    assert why_of_all(short) == before


def why_of_all(world: World) -> dict[str, str]:
    db.session.rollback()
    return {one.order_id: one.why for one in explained_lines(db.session(), Selection(), clock.today())}


def page_of(number: str) -> OrderPage:
    db.session.rollback()
    page = load_order(db.session(), number, clock.today(), region="US")
    assert page is not None
    return page


def test_of_two_who_commit_at_once_one_is_refused_and_so_is_who_saw_what_moved_since(
    short: World, manager: Desk
) -> None:
    first, second = simulated(), simulated(AGENCY_LOSES, name="Agencies last")
    commit_run(first, reason="first", actor=manager.person.id)
    with pytest.raises(DealRefused, match="moved since"):
        commit_run(second, reason="second", actor=manager.person.id)
    with pytest.raises(DealRefused, match="committed run"):
        commit_run(first, reason="again", actor=manager.person.id)

    third = simulated(name="Once more")
    receive(short.po_line("PO-1").id, qty=1, at="MAIN", actor=manager.person.id)
    with pytest.raises(DealRefused, match="moved since"):
        commit_run(third, reason="too late", actor=manager.person.id)

    fourth = simulated(name="Of chairs")
    short.order("10", "LAMP", 2, placed="2026-03-04")
    short.stock("LAMP", 1)
    short.plan()
    assert commit_run(fourth, reason="lamps are no chairs", actor=manager.person.id).made == str(fourth)


def test_how_lines_stood_is_known_alike_of_few_products_and_of_many(
    short: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chairs, both = (deals.as_array([short.sku(code).id for code in codes]) for codes in (["CHAIR"], ["CHAIR", "LAMP"]))
    found = {}
    for few in (0, deals.FEW_SKUS):
        monkeypatch.setattr(deals, "FEW_SKUS", few)
        found[few] = [deals.fingerprint_of(db.session.connection(), skus) for skus in (chairs, both)]
    [one, other] = found.values()
    assert one == other
    assert one[0] != one[1]


def test_what_an_earlier_run_dealt_does_not_move_and_came_units_are_freed_by_its_undo(
    short: World, manager: Desk
) -> None:
    first = simulated()
    commit_run(first, reason="the oldest", actor=manager.person.id)
    held = stands(short)
    second = simulated((Segment("tier=vip", "queue", "win"), Segment("", "queue", "lose")), name="VIPs win")
    commit_run(second, reason="VIPs", actor=manager.person.id)
    assert stands(short) == held
    receive(short.po_line("PO-1").id, qty=8, at="MAIN", actor=manager.person.id)
    receipt = db.session.scalars(select(ReceiptLine.id)).one()
    reverse(receipt, why="miscounted", actor=manager.person.id)
    assert stands(short) == held
    undo_run(second, why="not needed", actor=manager.person.id)
    undo_run(first, why="not needed", actor=manager.person.id)
    assert stands(short) == {"1": (0, [("PO-1", 6)]), "2": (6, []), "3": (4, [("PO-1", 2)])}


def test_the_figures_say_who_gains_who_loses_and_what_they_newly_miss(short: World, manager: Desk) -> None:
    run_id = simulated()
    run = db.session.get_one(DealRun, run_id)
    assert run.figures is not None
    rows = {row.strategy + str(row.reserved_after): row for row in all_results(db.session(), run_id)}
    lost = rows["redistribute4"]
    assert (lost.reserved_before, lost.eta_before) == (6, None)
    assert (str(lost.eta_after), lost.misses_promise, lost.misses_law) == ("2026-03-20", True, True)
    assert not rows["redistribute0"].misses_promise, "it comes before what was promised"
    assert rows["win6"].exception == ""
    count(short.line("1").sku_id, at="MAIN", qty=3, why="a shelf fell", actor=manager.person.id)
    late = simulated(name="With three")
    assert [row.exception for row in all_results(db.session(), late) if row.strategy == "win"] == ["late"]


def shown(run_id: int, after: int) -> panel.RunPage:
    page = panel.load_run(db.session(), run_id, clock.real_now(), after=after)
    assert page is not None
    return page


def test_results_are_read_from_any_place_on_and_lines_that_go_leave_the_others_in_theirs(
    short: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_results, "PAGE_ROWS", 2)
    run_id = simulated()
    whole = list(all_results(db.session(), run_id))
    assert [row.place for row in whole] == [1, 2, 3]
    monkeypatch.setattr(panel, "RESULTS_SHOWN", 1)
    steps = [(page.previous_after, page.next_after) for page in (shown(run_id, after) for after in range(3))]
    assert steps == [(None, 1), (0, 2), (1, None)]
    for after in range(4):
        assert list(results(db.session(), run_id, after=after)) == whole[after:]
    assert list(results(db.session(), run_id, after=1, limit=1)) == whole[1:2]

    with transaction() as session:
        deal_results.forget_lines(session.connection(), [short.line(whole[1].order_number).id])
    assert list(all_results(db.session(), run_id)) == [whole[0], whole[2]]
    assert list(results(db.session(), run_id, after=1)) == whole[2:]
    with transaction() as session:
        deal_results.forget_lines(session.connection(), [short.line(row.order_number).id for row in whole])
    assert list(all_results(db.session(), run_id)) == []


def test_a_line_that_is_taken_back_while_a_run_is_found_or_read_is_left_out_of_it(
    short: World, manager: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, found = deals.simulate, []

    def simulate(ask):
        found.append(find(ask))
        found[0].found.results["line_id"][1] = 10**6  # as if it had been there when facts were read
        return found[0]

    monkeypatch.setattr(deals, "simulate", simulate)
    run_id = simulated()
    assert [row.place for row in all_results(db.session(), run_id)] == [1, 2]

    with transaction() as session:
        packed = pack(found[0].found.results, deal_results.COLUMNS)
        session.execute(update(DealResultPage).values(cells=packed))
    assert [row.place for row in all_results(db.session(), run_id)] == [1, 3]
    assert manager.get(f"/deals/{run_id}").status_code == 200


def test_its_pages_show_it_and_its_csv_holds_every_line(short: World, manager: Desk, viewer: Desk) -> None:
    assert "Supply goes by the queue alone" in manager.panel("/deals").text
    run_id = simulated()
    listed = manager.panel("/deals").text
    assert re.search(r"Win</span>.*Placed", listed)
    assert "Simulated" in listed
    page = manager.panel(f"/deals/{run_id}").text
    assert "misses its promise" in page
    assert "Commit" in page
    assert "Commit" not in viewer.panel(f"/deals/{run_id}").text
    csv = manager.get(f"/deals/{run_id}/export").data.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("order_id,line_no,part,sku")
    assert len(csv) == 1 + 3
    assert manager.get("/deals/77").status_code == 404
