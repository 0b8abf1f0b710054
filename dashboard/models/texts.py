"""What a merchant wrote anew of the texts that customers read."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Name


class KeptText(Base):
    """A text of a language that somebody has changed; one without a row is as shipped. Its history are the acts about
    it.
    """

    __tablename__ = "texts"

    name: Mapped[Name] = mapped_column(primary_key=True)
    language: Mapped[Name] = mapped_column(primary_key=True)
    written: Mapped[str | None] = mapped_column(Text, doc="Empty where it is back as it was shipped.")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}
