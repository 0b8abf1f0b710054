"""What a merchant has set of the rules of the house."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Name


class KeptSetting(Base):
    """A setting that somebody has changed; one without a row has its default. Its history are the acts about it."""

    __tablename__ = "settings"

    key: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(
        Text, doc="JSON; empty where it is back at its default, or stands in a table of its own."
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}
