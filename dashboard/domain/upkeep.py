"""Whether the desk is healthy: what about its figures somebody should look after, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE, SOON, UNKNOWN = "late", "soon", "unknown"

# Every job is looked after every minute: who missed three is not there, or does nothing else.
WORKER_IS_SILENT_AFTER = timedelta(minutes=3)
# A message leaves a minute after it was written; what refuses it for now takes it within hours.
MAIL_WAITS_LONG_AFTER = timedelta(hours=1)
LEAST_FREE, LITTLE_FREE = 0.03, 0.10  # of the disk
BACKUP_IS_OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class JobFigure:
    """How a background job fared last; instants by the real clock."""

    name: str
    help: str
    looked_at: datetime | None  # when a worker last took it, to the minute
    did_at: datetime | None  # when it last had something to do
    outcome: str | None
    took_ms: int | None
    failed_at: datetime | None
    failure: str | None
    failures: int  # in a row


@dataclass(frozen=True, slots=True)
class Figures:
    """How the desk stands at a moment."""

    at: datetime
    jobs: tuple[JobFigure, ...]
    queued_jobs: int | None  # asked for and not begun; None: the queue does not answer
    mail_is_set_up: bool
    mail_waiting: int
    mail_waiting_since: datetime | None
    mail_failed: int
    disk_bytes: int
    disk_free_bytes: int
    database_bytes: int
    is_newest_migration: bool
    is_catching_up: bool
    has_data: bool  # whether anything was ever planned
    backed_up_at: datetime | None

    @property
    def worker_seen_at(self) -> datetime | None:
        """When a worker last took any job."""
        return max((job.looked_at for job in self.jobs if job.looked_at), default=None)

    @property
    def is_worker_silent(self) -> bool:
        """Whether no worker was there for a while."""
        return self.worker_seen_at is None or self.at - self.worker_seen_at > WORKER_IS_SILENT_AFTER

    @property
    def free_share(self) -> float:
        """The free part of the disk."""
        return self.disk_free_bytes / self.disk_bytes if self.disk_bytes else 1.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to look after: how bad, in a few words, and what to do."""

    meaning: str
    strong: str
    rest: str


def troubles(figures: Figures) -> Sequence[Trouble]:
    """What is not as it should be, the worst first; nothing where all is well."""
    found = [*_of_work(figures), *_of_mail(figures), *_of_keeping(figures)]
    return sorted(found, key=lambda one: (LATE, SOON, UNKNOWN).index(one.meaning))


def _of_work(figures: Figures) -> list[Trouble]:
    found = []
    if not figures.is_newest_migration:
        found.append(
            Trouble(
                LATE, "The database is not at the newest migration.", "Run flask db upgrade, then start the desk again."
            )
        )
    if figures.is_worker_silent:
        found.append(
            Trouble(
                LATE,
                "No worker is at work.",
                "No mail leaves, files are not loaded and a new day does not begin. Start the desk with "
                "EMBEDDED_WORKER=true, or flask worker beside it.",
            )
        )
    for job in figures.jobs:
        if job.failures:
            times = "once" if job.failures == 1 else f"{job.failures} times in a row"
            found.append(
                Trouble(
                    LATE if job.failures > 1 else SOON,
                    f"The job {job.name} failed {times} ({job.failure}).",
                    "It is tried again every minute; the log says why it fails.",
                )
            )
    if figures.queued_jobs is None:
        found.append(Trouble(SOON, "The queue does not answer.", "Jobs are done all the same, a minute later."))
    if figures.is_catching_up:
        found.append(
            Trouble(
                SOON, "The figures are behind.", "They catch up by themselves; if not, flask plan derives them anew."
            )
        )
    return found


def _of_mail(figures: Figures) -> list[Trouble]:
    found = []
    if not figures.mail_is_set_up:
        found.append(Trouble(UNKNOWN, "Mail is not set up.", "It stays in the outbox until MAIL_URL names a server."))
    elif figures.mail_waiting_since and figures.at - figures.mail_waiting_since > MAIL_WAITS_LONG_AFTER:
        found.append(
            Trouble(SOON, "Mail waits for more than an hour.", "The messages say what the mail server answered.")
        )
    if figures.mail_failed:
        one = figures.mail_failed == 1
        found.append(
            Trouble(
                SOON,
                f"{figures.mail_failed} message{'' if one else 's'} did not arrive.",
                f"Look at {'it' if one else 'them'}, and send {'it' if one else 'them'} again or withdraw.",
            )
        )
    return found


def _of_keeping(figures: Figures) -> list[Trouble]:
    found = []
    if figures.free_share < LITTLE_FREE:
        found.append(
            Trouble(
                LATE if figures.free_share < LEAST_FREE else SOON,
                f"The disk is nearly full: {figures.free_share:.0%} is free.",
                "Without room nothing is saved.",
            )
        )
    if not figures.has_data:
        return found
    if figures.backed_up_at is None:
        found.append(Trouble(SOON, "There is no backup.", "flask backup FILE makes one while the desk runs."))
    elif figures.at - figures.backed_up_at > BACKUP_IS_OLD_AFTER:
        days = (figures.at - figures.backed_up_at).days
        found.append(Trouble(SOON, f"The last backup is {days} days old.", "flask backup FILE makes one."))
    return found
