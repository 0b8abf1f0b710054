"""By which words customers and products are found. `dashboard.search_words` writes both tables, and nobody else."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Key, Name


class SearchText(Base):
    """What the words of a customer or product were made of: where that differs from what is known now, they are made
    anew.
    """

    __tablename__ = "search_texts"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    row_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    said: Mapped[str] = mapped_column(String, doc="Name, mail and phone; or SKU and name.")

    __table_args__ = (CheckConstraint("kind IN ('customer', 'product')", name="kind"), {"sqlite_with_rowid": False})


class SearchWord(Base):
    """A word, folded, by which a customer or product is found."""

    __tablename__ = "search_words"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    word: Mapped[Name] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)

    __table_args__ = (CheckConstraint("kind IN ('customer', 'product')", name="kind"), {"sqlite_with_rowid": False})
