"""Every background job: its name, what it does, and the claim by which one worker does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from dashboard import clock, settings
from dashboard.actions.delay_notices.standing import settle_notices
from dashboard.actions.offer_ends import end_overdue
from dashboard.database import day_number, db, rows_touched, transaction
from dashboard.jobs.catch_up import catch_up
from dashboard.jobs.deal_on_schedule import deal_on_schedule
from dashboard.jobs.keep_data import keep_data
from dashboard.jobs.keep_dates import keep_dates
from dashboard.jobs.learn_risk import is_due, learn
from dashboard.jobs.load_files import load_files
from dashboard.jobs.mail_people import mail_people
from dashboard.jobs.mail_reports import mail_reports
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.messages.delivery import deliver
from dashboard.models import JobClaim


@dataclass(frozen=True)
class Job:
    """Something that is looked after every minute; `do` returns what it did in words, nothing when nothing was due."""

    name: str
    help: str
    do: Callable[[], str | None]


def learn_risk() -> str | None:
    """Learn who cancels, where a week has passed; of several workers one does it."""
    if not is_due():
        return None
    return learn() if claim("learn_risk today", day_number(clock.today())) else None


def _deliver_mail() -> str | None:
    """Before letters leave, those are taken back that need not be told any more; what failed is known right after."""
    region = settings.clock_rule()
    settled = settle_notices(region=region)
    delivered = deliver()
    said = [settled] if settled else []
    if delivered.sent or delivered.failed:
        said.append(f"{delivered.sent} sent, {delivered.failed} failed")
    if delivered.failed and (lost := settle_notices(region=region)):
        said.append(lost)
    return "; ".join(said) or None


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job("deliver_mail", "Sends what waits in the outbox.", _deliver_mail),
        Job("catch_up", "Plans everything anew on a new shop day, and what somebody left unplanned.", catch_up),
        Job(
            "keep_dates",
            "Notes the dates shown of supply, judges how those of before held, and forecasts demand; once a shop day.",
            keep_dates,
        ),
        Job("end_offers", "Ends offers whose last day is over, and those whose goods a file has ended.", end_overdue),
        Job("simulate_deals", "Finds what runs would do that deal supply out again.", simulate_deals),
        Job("deal_on_schedule", "Simulates and commits ways of dealing whose time has come.", deal_on_schedule),
        Job(
            "keep_data",
            "Erases again what files bring back of erased customers, and what is older than the settings of retention.",
            keep_data,
        ),
        Job("mail_people", "Tells people of the staff what they chose, at once and in the morning.", mail_people),
        Job("mail_reports", "Mails the reports that people asked for, each at its hour.", mail_reports),
        Job("learn_risk", "Learns anew, once a week by night and in a process of its own, who cancels.", learn_risk),
        # Last in a sweep: nothing else waits for it.
        Job("load_files", "Looks at files that were sent, and loads those that somebody wants loaded.", load_files),
    )
}


def claim(job: str, minute: int) -> bool:
    """Whether this worker may do the job of that minute: the first that asks may, the others not."""
    if db.session.scalar(select(JobClaim.minute).where(JobClaim.job == job)) == minute:
        return False
    with transaction() as work:
        taken = work.execute(
            update(JobClaim)
            .where(JobClaim.job == job, JobClaim.minute < minute)
            .values(minute=minute)
            .execution_options(synchronize_session=False)
        )
        if rows_touched(taken):
            return True
        if work.get(JobClaim, job) is not None:
            return False
        return _first_claim(job, minute)


def _first_claim(job: str, minute: int) -> bool:
    """The row is made by whoever comes first; a worker that comes at the same moment makes nothing."""
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(JobClaim).values(job=job, minute=minute).on_conflict_do_nothing().returning(JobClaim.job)
    return db.session.scalar(row) is not None
