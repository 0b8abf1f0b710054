"""`flask report` as a shell sees it."""

from __future__ import annotations

import pytest

from dashboard.panels.reports import REPORTS


@pytest.fixture
def flask(sqlite_app):
    """Runs a command of `flask` as a shell would."""

    def run(*words):
        return sqlite_app.test_cli_runner().invoke(args=list(words))

    return run


def test_it_writes_to_the_screen_or_to_a_file(flask, tmp_path):
    on_screen = flask("report", "aging")
    assert on_screen.exit_code == 0
    assert on_screen.stdout_bytes == b"\xef\xbb\xbfbucket,currency,lines,orders,customers,units,value,oldest_days\r\n"
    out = tmp_path / "aging.csv"
    assert flask("report", "aging", "--out", str(out)).exit_code == 0
    assert out.read_bytes() == on_screen.stdout_bytes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], f"there are {', '.join(REPORTS)}"),
        (["aging", "--filter", "colour=red"], "there are age, dated, supplier"),
        (["aging", "--filter", "age=99"], "it can be 0-7, 8-14, 15-30, 31-60, 61+"),
        (["aging", "--filter", "channel"], "A filter is written KEY=VALUE"),
        (["pegs", "--filter", "age=0-7"], "there are channel, tier, currency, placed"),
        (["aging", "--out", "/nowhere/at/all.csv"], "cannot be written"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence_that_says_what_there_is(flask, words, said):
    done = flask("report", *words)
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    assert "Traceback" not in done.output
