"""Who cancels is learnt anew once a week, by night, in a process of its own that ends: the web never carries what it
takes to learn.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from dashboard import clock
from dashboard.config import ROOT, environment_and
from dashboard.database import db
from dashboard.estimates import cancellation
from dashboard.estimates.cancellation.training import FEWEST_CANCELS
from dashboard.models import Cancellation
from dashboard.models.shipments import CUSTOMERS_CANCEL

EVERY = timedelta(days=7)
NIGHT = range(2, 5)  # hours of the shop's day in which nobody waits for the machine
AT_MOST_SECONDS = 3_600


def is_due() -> bool:
    """Whether it is night, the last attempt is a week old, and enough customers have ever cancelled."""
    if clock.real_now().astimezone(clock.shop_zone()).hour not in NIGHT:
        return False
    last = cancellation.latest(db.session.connection())
    is_old = last is None or clock.today() - last.as_of >= EVERY
    cancels = select(func.count()).select_from(Cancellation).where(Cancellation.reason == CUSTOMERS_CANCEL)
    due = is_old and (db.session.scalar(cancels) or 0) >= FEWEST_CANCELS
    db.session.rollback()
    return due


def learn() -> str:
    """What `flask risk train` says of this desk's own database."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "risk", "train"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment_and(**_settings()),
        capture_output=True,
        text=True,
        timeout=AT_MOST_SECONDS,
        check=False,
    )
    return " ".join(done.stdout.split()) or f"ended with {done.returncode}"


def _settings() -> dict[str, str]:
    """What the desk was started with, which need not be what its environment says: the demo merchant's file is not."""
    config = current_app.config
    pinned = config["BUSINESS_DATE"]
    return {
        "DATABASE_URL": config["DATABASE_URL"],
        "SECRET_KEY": config["SECRET_KEY"],
        "SHOP_TIMEZONE": config["SHOP_TIMEZONE"],
        "SHOP_REGION": config["SHOP_REGION"],
        "BUSINESS_DATE": pinned.isoformat() if pinned else "",
    }
