"""What somebody is mailed is on a page of their own."""

from __future__ import annotations

from dashboard.actions.mail_choices.action import choose_mail
from dashboard.domain.mail_to_me import NEWS


def test_the_page_shows_what_one_chose_oneself(world, agent, manager):
    sent = {kind: "morning" if kind == "supply-late" else "never" for kind in NEWS}
    choose_mail(sent=sent, hour=6, actor=agent.person.id)
    assert "In the morning, from 6:00" in agent.get("/mail-to-me").text
    assert "In the morning" not in manager.get("/mail-to-me").text
