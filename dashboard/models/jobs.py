"""Which worker does which background job."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Name


class JobClaim(Base):
    """The last minute for which a background job was taken, so that of several workers one does it."""

    __tablename__ = "job_claims"

    job: Mapped[Name] = mapped_column(primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, doc="Minutes since the epoch by the real clock.")
