"""What people keep of a list's address under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Name, PrimaryKey


class SavedView(Base):
    """The filters, order and columns of a list, kept under a name for one person, or for everybody."""

    __tablename__ = "saved_views"

    id: Mapped[PrimaryKey]
    list: Mapped[Name] = mapped_column(doc="The word of the list that it is of.")
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), doc="Who kept it.")
    name: Mapped[Name]
    kept: Mapped[str] = mapped_column(Text, doc="The query of the list's address, without a place in it.")
    shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"), doc="Everybody sees it.")
    removed_at: Mapped[datetime | None] = mapped_column(Instant, doc="Nobody sees it any more.")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        Index(
            None,
            "list",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}
