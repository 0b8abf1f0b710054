"""Send files, to be looked at; and have what was looked at loaded. Both are done by a job, one after the other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dashboard import audit, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.loads import asked_for_in_words, refuse_if_gone, refuse_if_taken, sent_in_words
from dashboard.intake import loads, uploads
from dashboard.intake.uploads import Parcel

FORMAT = "kit"
SUBJECT = "intake-load {}"


def send_files(parcel: Parcel, *, submission: str | None = None, actor: Any) -> int:
    """Have files looked at: what they would change, and what is at fault in them. The id of the look.

    The same form sent twice is one look.
    """
    try:
        upload_id, is_new = _announce_look(parcel, submission=submission, actor=actor)
    except IntegrityError:  # The same form came twice at the same moment, and the other one was first.
        upload_id, is_new = _announce_look(parcel, submission=submission, actor=actor)
    if is_new:
        uploads.keep_as(parcel, upload_id)
    else:
        uploads.drop(parcel)
    return upload_id


@planning.repeated
def _announce_look(parcel: Parcel, *, submission: str | None, actor: Any) -> tuple[int, bool]:
    with transaction() as session:
        if (before := _look_of(session, submission)) is not None:
            return before, False
        upload_id = loads.announce(parcel.name, format=FORMAT, dry_run=True, actor=actor)
        _note_upload(session, upload_id, upload_id)
        act = audit.record(
            "files-sent",
            SUBJECT.format(upload_id),
            after={"load_id": upload_id, "files": parcel.files, "bytes": parcel.size},
            actor=actor,
        )
        audit.record_submission(submission, act, sent_in_words(parcel.name))
        return upload_id, True


@planning.repeated
def load_files(
    upload_id: int,
    *,
    why: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Have files that were looked at loaded, as soon as no other load is under way."""
    with transaction() as session:
        look = session.get_one(models.IntakeLoad, upload_id, with_for_update=True)
        if repeated := sent_before(submission):
            return repeated
        _refuse_if_taken(session, upload_id)
        refuse_if_gone(look.source, are_here=uploads.path_of(upload_id) is not None)
        last = last_load(session)
        refuse_if_changed(version, last, SUBJECT.format(last))

        load_id = loads.announce(look.source, format=look.format, dry_run=False, actor=actor)
        _note_upload(session, load_id, upload_id)
        notice = asked_for_in_words(look.source)
        act = audit.record(
            "load-asked-for",
            SUBJECT.format(load_id),
            after={"load_id": load_id, "upload_id": upload_id, "format": look.format},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice)


def last_load(session: Session) -> int:
    """The id of the load that was begun last, by whoever and from wherever; 0 before the first."""
    load = models.IntakeLoad
    return session.scalar(select(func.max(load.id)).where(load.dry_run.is_(False))) or 0


def _refuse_if_taken(session: Session, upload_id: int) -> None:
    load = models.IntakeLoad
    for load_id in session.scalars(select(load.id).where(load.upload_id == upload_id, load.dry_run.is_(False))):
        other = loads.find_load(load_id)
        if other is not None:
            refuse_if_taken(other.who, other.state)


def _look_of(session: Session, submission: str | None) -> int | None:
    """The look that a form began when it was sent before."""
    subject = session.scalar(
        select(models.Act.subject)
        .join(models.Submission, models.Submission.act_id == models.Act.id)
        .where(models.Submission.key == submission)
    )
    return None if subject is None else int(subject.rpartition(" ")[2])


def _note_upload(session: Session, load_id: int, upload_id: int) -> None:
    load = models.IntakeLoad
    session.execute(
        update(load).where(load.id == load_id).values(upload_id=upload_id).execution_options(synchronize_session=False)
    )
