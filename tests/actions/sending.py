"""What tests of files that a browser sends do over and over: send some, have them looked at, have them loaded."""

from __future__ import annotations

import io
import re
import zipfile

from werkzeug.test import TestResponse

from dashboard.database import db
from dashboard.jobs.table import JOBS
from tests.conftest import Desk

CUSTOMERS = "customer_id,name\nC1,Hannah Whitlock\n"
ORDERS = "order_id,customer_id,placed_at,promised_date\n10480,C1,2026-03-01,2026-03-22\n"
LINES = "order_id,line_no,sku,qty\n10480,1,CHAIR,6\n"
KIT = (("customers.csv", CUSTOMERS), ("orders.csv", ORDERS), ("order_lines.csv", LINES))


def zipped(**files: str) -> bytes:
    """A zip of kit files, by their names in the kit."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return kept.getvalue()


def send(desk: Desk, *files: tuple[str, str | bytes], **typed: str) -> TestResponse:
    """Send files as the page's form does, without JavaScript as with it."""
    sent = [(io.BytesIO(text.encode() if isinstance(text, str) else text), name) for name, text in files]
    form = {"csrf_token": desk.token(), "files": sent, **typed}
    return desk.post("/intake/loads/preview", data=form, content_type="multipart/form-data")


def work() -> None:
    """A worker does what waits."""
    JOBS["load_files"].do()
    db.session.rollback()


def sent_and_looked_at(desk: Desk, *files: tuple[str, str | bytes]) -> str:
    """The address of the look, when it is over."""
    answer = send(desk, *files)
    assert answer.status_code == 303, answer.text
    work()
    return answer.headers["Location"]


def asking(look: str) -> str:
    """Where one asks that what was looked at is loaded."""
    return look.replace("/loads/", "/uploads/") + "/loads"


def carried(desk: Desk, look: str) -> dict[str, str]:
    """What the form that asks carries."""
    text = desk.panel(f"{asking(look)}/new").text
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)[1] for name in ("submission", "version")}


def loaded(desk: Desk, look: str) -> str:
    """The address of the load of what was looked at, when it is over."""
    assert desk.act(asking(look), carried(desk, look)).status_code == 200
    work()
    return desk.panel(look).headers["HX-Redirect"]
