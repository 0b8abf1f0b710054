"""Who signs in, and as what. The sign-in extension owns the tables of people and roles and commits them itself."""

from __future__ import annotations

from datetime import datetime

from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Name, PrimaryKey

FsModels.set_db_info(base_model=Base, user_table_name="users", role_table_name="roles")

THEMES = ("auto", "light", "dark")


class Role(Base, FsRoleMixin):
    """The name of a role; what it may do is the one table in `dashboard.permissions`."""

    __tablename__ = "roles"


class User(Base, FsUserMixin):
    """A person of the staff."""

    __tablename__ = "users"

    name: Mapped[str | None] = mapped_column(String(255))
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[int | None] = mapped_column(
        BigInteger, doc="Epoch seconds by the real clock; sign-in is refused before."
    )


class Preference(Base):
    """How somebody likes to read the desk; who has no row reads it as the shop does."""

    __tablename__ = "preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    locale: Mapped[str | None] = mapped_column(String(16), doc="How numbers and days are written; empty: as the shop.")
    theme: Mapped[str] = mapped_column(String(8), default="auto", server_default="auto")
    key_hints: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),)
    __mapper_args__ = {"version_id_col": version}


class SignInSession(Base):
    """A browser in which somebody signed in. All by the real clock."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[PrimaryKey]
    key: Mapped[Name] = mapped_column(unique=True, doc="What the browser's cookie carries; guessed by nobody.")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    known_as: Mapped[str] = mapped_column(String(16), doc="Of the name by which its cookie knows the person.")
    device: Mapped[str] = mapped_column(String(80), doc="In words, as “Firefox on Windows”.")
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, doc="To within some minutes.")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, doc="Signed out, or ended by somebody.")

    __table_args__ = (Index(None, "user_id", "ended_at"),)
