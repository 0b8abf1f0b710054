"""What is true of every panel, whoever wrote it."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from dashboard.panels import PANELS, Panel
from dashboard.panels.filters import EVERY_FILTER
from dashboard.web.fragments import MARK_HEADER

every_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.word)
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Roots(HTMLParser):
    """The elements that a fragment has at its top."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.depth, self.ids = 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if self.depth == 0:
            self.ids.append(dict(attributes).get("id"))
        self.depth += tag not in VOID

    def handle_endtag(self, tag):
        self.depth -= tag not in VOID


@every_panel
def test_the_page_asks_its_question_and_holds_the_fragment(shop, viewer, panel: Panel):
    page = viewer.get(f"/{panel.word}")
    assert page.status_code == 200
    assert f"{panel.question}</h1>" in page.text
    assert f'id="{panel.root_id}"' in page.text


@every_panel
def test_the_fragment_has_one_root_with_the_panels_id(shop, viewer, panel: Panel):
    fragment = viewer.panel(f"/{panel.word}")
    assert fragment.status_code == 200
    assert Roots(fragment.text).ids == [panel.root_id]
    assert "<html" not in fragment.text


@every_panel
def test_page_and_fragment_are_told_apart_by_caches(shop, viewer, panel: Panel):
    for answer in (viewer.get(f"/{panel.word}"), viewer.panel(f"/{panel.word}")):
        assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)


@every_panel
def test_it_reads_itself_again_when_a_backorder_changed(shop, viewer, panel: Panel):
    root = re.search(rf'<section id="{panel.root_id}"[^>]*>', viewer.panel(f"/{panel.word}").text)[0]
    assert "backorder-changed from:body" in root
    assert 'hx-swap="outerMorph"' in root


@every_panel
def test_it_is_not_written_again_while_nothing_changed_nor_for_each_who_asks(shop, viewer, sign_in, panel: Panel):
    fragment = viewer.panel(f"/{panel.word}")
    mark = re.search(r'data-live="([0-9a-f]{32})"', fragment.text)[1]
    assert viewer.panel(f"/{panel.word}", headers={MARK_HEADER: mark}).status_code == 304
    assert sign_in("viewer", "vito@desk.example").panel(f"/{panel.word}").data == fragment.data, "nothing is personal"


@every_panel
def test_an_outsider_is_sent_to_sign_in(shop, outsider, panel: Panel):
    for address in (f"/{panel.word}", f"/{panel.word}/export"):
        answer = outsider.get(address)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


@every_panel
def test_the_export_holds_every_row_of_the_selection(shop, viewer, panel: Panel):
    answer = viewer.get(f"/{panel.word}/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert f"CSV, {len(rows)} rows" in viewer.get(f"/{panel.word}").text


@every_panel
@pytest.mark.parametrize("key", EVERY_FILTER)
def test_every_filter_narrows_page_and_export_alike(shop, viewer, panel: Panel, key: str):
    value = {
        "age": "0-7", "dated": "no", "supplier": "MINHO", "channel": "web", "location": "MAIN", "tier": "vip",
        "sku": "LAMP", "tag": "gift:yes", "cause": "not-ordered", "planned": "no", "currency": "GBP",
    }[key]  # fmt: skip
    page = viewer.get(f"/{panel.word}", query_string={key: value})
    rows = viewer.get(f"/{panel.word}/export", query_string={key: value}).data.count(b"\r\n") - 1
    assert page.status_code == 200
    assert page.text.count('class="row-link"') == rows
    assert f'href="/{panel.word}"' in page.text, "a way back to all"


@every_panel
@pytest.mark.parametrize("query", ["age=99", "cause=weather", "planned=maybe"])
def test_a_filter_that_cannot_be_is_refused_with_what_would_do(shop, viewer, panel: Panel, query: str):
    answer = viewer.get(f"/{panel.word}?{query}")
    assert answer.status_code == 400
    assert "it can be" in answer.text


@every_panel
def test_foreign_parameters_are_nobodys_business(shop, viewer, panel: Panel):
    assert viewer.get(f"/{panel.word}?utm_source=mail&sort=nonsense&by=nonsense").status_code == 200


@every_panel
def test_hostile_values_are_shown_as_text(shop, viewer, panel: Panel):
    text = viewer.get(f"/{panel.word}", query_string={"sku": '"><script>alert(1)</script>', "tag": "{{ 7*7 }}"}).text
    assert "<script>alert" not in text
    assert "49" not in re.sub(r"\d{3,}", "", text.partition('class="chips"')[2].partition("</div>")[0])


@every_panel
def test_an_empty_panel_says_why(world, viewer, panel: Panel):
    world.plan()
    text = viewer.get(f"/{panel.word}").text
    assert 'class="blank' in text
    assert "How this is computed" in text


@every_panel
def test_it_says_how_its_figures_are_computed_and_as_of_when(shop, viewer, panel: Panel):
    text = viewer.get(f"/{panel.word}").text
    assert "How this is computed" in text
    assert re.search(r"as of \d\d:\d\d", text)
