"""What is true of every panel, whoever wrote it."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import event, select

from dashboard import clock
from dashboard.actions.saved_views.action import save_view
from dashboard.database import db
from dashboard.models import Waiting
from dashboard.panels import PANELS
from dashboard.panels.anatomy import Panel
from dashboard.panels.filters import EVERY_FILTER, FILTERS, Selection, conditions
from dashboard.web.fragments import MARK_HEADER
from tests.conftest import same_on_both
from tests.panels.conftest import fill_shop
from tests.shops import filled_once

every_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.word)
VOID = {"br", "hr", "img", "input", "link", "meta"}

# A value of each filter that some rows of the shop have and others have not, wherever its rows know the filter.
VALUES = {
    "age": "0-7",
    "dated": "no",
    "supplier": "MINHO",
    "channel": "web",
    "location": "MAIN",
    "tier": "vip",
    "sku": "LAMP",
    "tag": "gift:yes",
    "cause": "not-ordered",
    "planned": "no",
    "currency": "GBP",
    "state": "dies",
    "risk": "0-5",
    "expires": "2026-03-01..2026-03-31",
    "status": "out",
    "class": "A",
    "placed": "2026-03-01..",
    "eta": "next-7-days",
    "deadline": "overdue",
    "customer": "H",
    "assigned": "not-known",
    "offer": "offered",
    "backorder": "yes",
    "order": "open",
    "complete": "no",
    "search": "hannah",
    "mail": "failed",
    "kind": "several",
    "who": "Mara",
    "act": "goods-received",
    "subject": "order 1",
    "days": "last-7-days",
}
# Rows of a panel's CSV that its table does not show before somebody opens the row that they belong to.
FOLDED = {"lead-times": lambda row: bool(row["sku"])}
# What a panel asks the database at most, however many rows it shows: as many questions as it has parts, none a row.
QUESTIONS_AT_MOST = 24


def rows_of(panel: Panel, text: str) -> int:
    """How many rows the table of a panel has."""
    return len(re.findall(rf'<tr id="{panel.word}-row-', text))


def exported(desk, panel: Panel, **given) -> list[dict[str, str]]:
    answer = desk.get(f"/{panel.word}/export", query_string=given)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@filled_once
def shop(world):
    """The shop of all panels, a card that dies before its line ships, a lamp to order: every filter finds some."""
    fill_shop(world)
    world.card("PM-1", customer="D", month=3, year=2026)
    world.move("4725", expected="2026-04-15")
    world.supplier("KYOTO", sells=["BASKET"])
    world.sku("LAMP", reorder_point=40)
    world.plan()


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
@same_on_both
def test_the_page_asks_its_question_and_holds_the_fragment(shop, viewer, panel: Panel):
    page = viewer.get(f"/{panel.word}")
    assert page.status_code == 200
    assert f"{panel.question}</h1>" in page.text
    fragment = viewer.panel(f"/{panel.word}").text
    rows = re.findall(rf'<tr id="{panel.word}-row-.*?</tr>', fragment, re.DOTALL)
    assert rows
    assert f'id="{panel.root_id}"' in page.text
    assert all(row in page.text for row in rows)
    foot = fragment.partition('class="panel-foot')[2]
    assert foot
    assert foot.partition("</footer>")[0] in page.text


@every_panel
@same_on_both
def test_the_fragment_has_one_root_with_the_panels_id(shop, viewer, panel: Panel):
    fragment = viewer.panel(f"/{panel.word}")
    assert fragment.status_code == 200
    assert Roots(fragment.text).ids == [panel.root_id]
    assert "<html" not in fragment.text


@every_panel
@same_on_both
def test_page_and_fragment_are_told_apart_by_caches(shop, viewer, panel: Panel):
    for answer in (viewer.get(f"/{panel.word}"), viewer.panel(f"/{panel.word}")):
        assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)


@every_panel
@same_on_both
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
@same_on_both
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
    text = viewer.get(f"/{panel.word}").text
    rows = exported(viewer, panel)
    assert [*rows[0]] == [column.name for column in panel.report.columns]
    is_folded = FOLDED.get(panel.word, lambda row: False)
    assert len([row for row in rows if not is_folded(row)]) == rows_of(panel, text) > 1
    assert f"CSV, {len(rows)} rows" in text


@every_panel
def test_every_filter_narrows_page_and_export_alike(shop, viewer, panel: Panel):
    for key in panel.filters:
        given = {key: VALUES[key]}
        page = viewer.get(f"/{panel.word}", query_string=given)
        assert page.status_code == 200, key
        assert rows_of(panel, page.text) == len(exported(viewer, panel, **given)), key
        assert f'href="/{panel.word}"' in page.text, f"{key}: a way back to all"


@every_panel
def test_every_filter_has_a_menu_that_leads_to_as_many_rows_as_it_says(shop, viewer, panel: Panel):
    for key in panel.filters:
        menu = viewer.panel(f"/{panel.word}/choices/{key}")
        assert Roots(menu.text).ids == [f"{panel.word}-choices-{key}"]
        found = re.findall(r'class="menu-item" href="([^"]+)".*?class="menu-count">(\d+)<', menu.text)
        assert found or FILTERS[key].fixed is None, key
        for address, count in found:
            assert rows_of(panel, viewer.get(address.replace("&amp;", "&")).text) == int(count), address
    assert viewer.get(f"/{panel.word}/choices/nonsense").status_code == 404
    page = viewer.get(f"/{panel.word}").text
    offered = re.findall(rf'hx-get="/{panel.word}/choices/([\w-]+)"', page)
    assert offered == list(panel.filters)


@every_panel
def test_every_order_shows_the_same_rows(shop, viewer, panel: Panel):
    def rows(sort: str) -> list[str]:
        text = viewer.get(f"/{panel.word}?sort={sort}").text
        return re.findall(rf'<tr id="({panel.word}-row-[^"]+)"', text)

    for sort in panel.sorts:
        assert rows(f"-{sort}") == rows(sort)[::-1], sort
        assert sorted(rows(sort)) == sorted(rows(panel.default_sort)), sort


@every_panel
def test_it_asks_no_question_for_each_row(crowd, viewer, panel: Panel):
    asked = []
    count = lambda *given: asked.append(given[2])  # noqa: E731
    viewer.panel(f"/{panel.word}")  # what is looked up once a process is not the panel's
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        text = viewer.panel(f"/{panel.word}?sort=-{panel.default_sort.removeprefix('-')}").text
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert rows_of(panel, text) > 1
    assert len(asked) <= QUESTIONS_AT_MOST, "\n".join(asked)


@every_panel
@same_on_both
def test_a_filter_that_cannot_be_is_refused_with_what_would_do(world, viewer, panel: Panel):
    closed = [key for key in panel.filters if FILTERS[key].fixed or FILTERS[key].is_of_days]
    for key in closed:
        for address in (f"/{panel.word}", f"/{panel.word}/choices/{key}", f"/{panel.word}/export"):
            answer = viewer.get(f"{address}?{key}=weather")
            assert answer.status_code == 400
            assert "it can be" in answer.text
            assert f'href="{address}"' in answer.text, "a way on, without filters"


def test_every_filter_is_tried():
    assert set(VALUES) == set(EVERY_FILTER), "Give it a value in VALUES, which some rows of the shop have."


@every_panel
@same_on_both
def test_foreign_parameters_are_nobodys_business(shop, viewer, panel: Panel):
    assert viewer.get(f"/{panel.word}?utm_source=mail&sort=nonsense&by=nonsense").status_code == 200


@every_panel
@same_on_both
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
    several = "&".join(f"{key}=not-known" for key in panel.filters if FILTERS[key].can_be_unknown)
    assert viewer.get(f"/{panel.word}?{several}").status_code == 200, "nor does anything match several filters"


@every_panel
@same_on_both
def test_it_says_how_its_figures_are_computed_and_as_of_when(shop, viewer, panel: Panel):
    text = viewer.get(f"/{panel.word}").text
    assert "How this is computed" in text
    assert re.search(r"as of \d\d:\d\d", text)


@every_panel
@same_on_both
def test_columns_are_chosen_in_the_address_and_the_first_one_stays(shop, viewer, panel: Panel):
    def heads(given: str) -> int:
        return len(re.findall(r'<th scope="col"(?! class="cell-tick")', viewer.get(f"/{panel.word}{given}").text))

    first, *others = panel.columns
    assert heads("") == heads("?columns=") == heads("?columns=nonsense") == len(panel.columns)
    for key in others:
        text = viewer.get(f"/{panel.word}?columns={key}").text
        assert heads(f"?columns={key}") == 2, key
        cells = re.findall(r"<td", text.partition("<tbody")[2].partition("</tr>")[0])
        assert len(cells) == 2 + ('data-card="tick"' in text), key
    every = ",".join(panel.columns)
    assert f'hx-get="/{panel.word}"' in viewer.panel(f"/{panel.word}?columns={every}").text, "all of them is as usual"
    assert exported(viewer, panel, columns=first) == exported(viewer, panel), "the CSV is the contract's"


@every_panel
def test_its_page_has_the_views_of_who_looks_and_its_fragment_nobodys(shop, viewer, panel: Panel):
    save_view(panel.word, name="Mine", kept="by=lines", shared=False, actor=viewer.person.id)
    assert '<span class="menu-words">Mine</span>' in viewer.get(f"/{panel.word}").text
    assert "Mine" not in viewer.panel(f"/{panel.word}").text
    menu = viewer.panel(f"/{panel.word}/views")
    assert Roots(menu.text).ids == [f"{panel.word}-views"]
    assert "Mine" in menu.text


@pytest.mark.parametrize("panel", [one for one in PANELS if one.ticked], ids=lambda panel: panel.word)
def test_what_is_ticked_comes_to_what_its_rows_say_and_all_that_match_to_the_panels_figures(
    crowd, viewer, panel: Panel
):
    def said(given: str, data: dict[str, str]) -> str:
        answer = viewer.act(f"/{panel.word}/ticked{given}", data)
        assert answer.status_code == 200
        assert Roots(answer.text).ids == [f"{panel.word}-ticked"]
        return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())

    for selection in (Selection(), Selection.read([("tier", "vip"), ("channel", "web")])):
        lines = db.session.execute(
            select(Waiting).where(*conditions(db.session(), selection, clock.today()))
        ).scalars().all()  # fmt: skip
        assert len(lines) > 3
        query = "&".join(f"{key}={value}" for key, values in selection.chosen for value in values)
        rows = " ".join(f"{line.line_id}-{line.part}" for line in lines)
        by_rows, by_all = said(f"?{query}", {"rows": rows}), said(f"?{query}", {"all": "yes"})
        assert by_all == f"All {by_rows}"
        assert by_rows.startswith(f"{len(lines)} lines selected {sum(line.qty_backordered for line in lines)} units")
        found = panel.ticked(db.session(), selection, clock.today())
        for one in found.sums:
            of = [line for line in lines if line.currency == one.currency]
            assert (one.units, one.value) == (sum(li.qty_backordered for li in of), sum(li.value for li in of))
            if "at-risk" in panel.columns:
                assert one.value_at_risk == sum(line.value_at_risk for line in of)
    assert "1 line selected" in said("", {"rows": f"{lines[0].line_id}-1 999999-1 no-row {'9' * 30}-1"})
    assert "1 waits no longer" in said("", {"rows": f"{lines[0].line_id}-1 999999-1"})
    assert "select all that match" in said("", {"rows": " ".join(f"{n}-1" for n in range(1, 1_010))})
    page = viewer.get(f"/{panel.word}/ticked?rows={lines[0].line_id}-1&rows={lines[1].line_id}-1")
    assert "2 lines selected" in page.text, "without scripts, as a page"
