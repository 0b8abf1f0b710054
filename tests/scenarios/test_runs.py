"""Two managers deal the same supply out again at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from dashboard import planning
from dashboard.actions.deal_runs.action import ask_for_run, commit_run
from dashboard.actions.deal_variants.action import save_variant
from dashboard.actions.outcomes import Outcome
from dashboard.database import db
from dashboard.domain.deal_variants import Segment
from dashboard.domain.deals import DealRefused
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.models import DealFinding, DealRun, Hold
from tests.conftest import Desk
from tests.factories import World

ROUNDS = 4  # a race that no lock decided would show itself in some of these
PATIENCE_SECONDS = 60
WAYS = {
    "Oldest first": (Segment("", "oldest", "redistribute"),),
    "Newest VIPs": (Segment("tier=vip", "smallest", "win"), Segment("", "queue", "lose")),
}


def test_of_two_managers_who_commit_a_run_at_the_same_moment_one_is_refused(
    app: Flask, world: World, manager: Desk, admin: Desk
) -> None:
    for number in range(ROUNDS):
        world.stock(f"CHAIR-{number}", 10)
        world.order(f"{number}-1", f"CHAIR-{number}", 6, placed="2026-02-01")
        world.order(f"{number}-2", f"CHAIR-{number}", 7, placed="2026-03-02", tier="vip")
        world.order(f"{number}-3", f"CHAIR-{number}", 4, placed="2026-03-03", tier="vip")
    world.plan()
    # The last of them is one run that both have on their screens.
    for number in range(ROUNDS):
        names = list(WAYS) if number < ROUNDS - 1 else list(WAYS)[:1] * 2
        runs = [
            _simulated(f"{name} {number}-{place}", WAYS[name], f"sku=CHAIR-{number}")
            for place, name in enumerate(names)
        ]
        runs = runs if number < ROUNDS - 1 else runs[:1] * 2
        people = (manager.person.id, admin.person.id)
        answers = _at_once(
            app, *(partial(commit_run, run, reason="now", actor=who) for run, who in zip(runs, people, strict=True))
        )
        assert sorted(isinstance(answer, Outcome) for answer in answers) == [False, True], answers
        won = 0 if isinstance(answers[0], Outcome) else 1
        refusal = answers[1 - won]
        said = "committed run" if runs[0] == runs[1] else "moved since"
        assert said in str(refusal)
        db.session.rollback()
        assert [db.session.get_one(DealRun, run).state for run in dict.fromkeys(runs)].count("committed") == 1
        assert db.session.get_one(DealRun, runs[won]).committed_by == people[won]
        held = select(func.sum(Hold.qty)).where(Hold.reason == f"run {runs[won]}", Hold.ended_at.is_(None))
        dealt = select(DealFinding.held).where(DealFinding.run_id == runs[won])
        assert db.session.scalar(held) == db.session.scalar(dealt) == 10
    assert list(planning.check()) == []


def _simulated(name: str, segments: tuple[Segment, ...], scope: str) -> int:
    kept = save_variant(name=name, scope=scope, segments=segments, actor=None)
    asked = ask_for_run(int(kept.made), actor=None)
    assert simulate_deals()
    return int(asked.made)


def _at_once(app: Flask, *acts):
    ready = Barrier(len(acts))

    def do(act):
        with app.app_context():
            ready.wait(PATIENCE_SECONDS)
            try:
                return act()
            except DealRefused as refused:
                return refused

    db.session.rollback()
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))
