"""Commands that learn and judge, on a shop too young for it: a sentence and the exit code, whichever the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

TOO_YOUNG = {
    ("risk", "train"): "Too few cancels to learn from: 0 in 0 fortnights of waiting lines. "
    "What scores stays as it is.\n",
    ("risk", "evaluate"): "Nothing has been learnt yet; run flask risk train.\n",
    ("dates", "evaluate"): "No date can be judged yet: that takes 5 receipts of purchase orders, and orders placed "
    "after them whose late dates are over.\n",
    ("demand", "evaluate"): "No forecast can be judged yet: that takes orders of 17 weeks, 13 to forecast from and 4 "
    "that show what came.\n",
}
COMMANDS = pytest.mark.parametrize("words", TOO_YOUNG, ids=" ".join)


@COMMANDS
@pytest.mark.filterwarnings("error")
def test_on_an_empty_shop_each_says_what_is_missing(app, words):
    done = app.test_cli_runner().invoke(args=list(words))
    assert (done.exit_code, done.output) == (1, TOO_YOUNG[words])


@COMMANDS
@pytest.mark.filterwarnings("error")
def test_with_a_single_order_too(app, world, today, words):
    world.order("1", "CHAIR", 2, placed=today - timedelta(days=40), promised=today - timedelta(days=9))
    world.purchase_order("P", "CHAIR", 2, ordered=today - timedelta(days=30), promised=today - timedelta(days=5))
    world.ship("1", 1, on=today - timedelta(days=20))
    world.plan()
    done = app.test_cli_runner().invoke(args=list(words))
    said = TOO_YOUNG[words].replace("0 in 0", "0 in 1") if words == ("risk", "train") else TOO_YOUNG[words]
    assert (done.exit_code, done.output) == (1, said)


@COMMANDS
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_without_tables_is_told_in_words(make_app, tmp_path, request, kind, words):
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgresql_url")
    done = make_app(url).test_cli_runner().invoke(args=list(words))
    assert (done.exit_code, done.output) == (1, "The database is not at the newest migration; run flask db upgrade.\n")
