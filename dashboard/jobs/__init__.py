"""Background work: woken after a commit, swept every minute, done once however many workers there are.

Tables are the truth and the queue only wakes: what a kill loses, the next sweep finds.
"""

from __future__ import annotations

from flask import Flask

from dashboard.jobs.queue import Queue
from dashboard.jobs.table import JOBS


def register(app: Flask) -> None:
    """Give the app its queue; nothing is opened before the first wake or the first worker."""
    queue = Queue(app)
    app.extensions["queue"] = queue
    app.extensions["wake"] = queue.wake
    app.extensions["job_helps"] = {name: job.help for name, job in JOBS.items()}
