"""Who signs in, and as what. The sign-in extension owns these tables and commits them itself."""

from __future__ import annotations

from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin
from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base

FsModels.set_db_info(base_model=Base, user_table_name="users", role_table_name="roles")


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
