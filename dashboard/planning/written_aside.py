"""A table that is written anew beside the one that is read, and takes its place when it is whole.

PostgreSQL enters a row that changed into every index of its table, whichever column it was: a newly learnt model of
risk moves the chance of nearly all that waits, and each row costs twenty entries. Another table whose indexes are built
when it is full takes a fourth of that, and leaves nothing behind to be cleared away. Readers have the old one until the
commit; writers have been kept out all along.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from sqlalchemy import MetaData, Table
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint
from sqlalchemy.sql import quoted_name

ANEW = "_anew"

# Sorting a million keys in what PostgreSQL gives by itself takes twice as long.
INDEX_MEMORY = "256MB"

# Whoever reads while the tables change places waits so long at most; then it is tried again when they are done.
MOST_MILLISECONDS = 20
PAUSE_SECONDS = 0.1
TRIES = 30

# A commit waits until the disk has all that was written, and readers with it: what is older, PostgreSQL has written.
ON_DISK_SECONDS = 0.5

# Who may write a table need not own it, and only who does may put another one in its place. What somebody else has made
# on it would hold it there, as a view does, or go with it, as an index, a trigger or the rights on a column.
_IS_ONLY_ONES_OWN = """
SELECT relowner = current_user::regrole AND has_schema_privilege(relnamespace, 'CREATE')
    AND {indexes} = (SELECT count(*) FROM pg_index WHERE indrelid = made.oid)
    AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = made.oid AND attacl IS NOT NULL)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = made.oid)
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = made.oid
        AND classid::regclass::text NOT IN ('pg_class', 'pg_type', 'pg_constraint', 'pg_attrdef')
    )
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE refclassid = 'pg_type'::regclass AND refobjid = made.reltype AND deptype = 'n'
    )
FROM pg_class made WHERE made.oid = '{name}'::regclass
"""

# What the new table would not have by itself: rights, and settings as of autovacuum.
_ALIKE = """
SELECT format('GRANT %%s ON {name}{anew} TO %%s', privilege_type,
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_class, aclexplode(relacl) WHERE oid = '{name}'::regclass
UNION ALL
SELECT format('ALTER TABLE {name}{anew} SET (%%s)', array_to_string(reloptions, ', '))
FROM pg_class WHERE oid = '{name}'::regclass AND reloptions IS NOT NULL
"""


class StillRead(RuntimeError):
    """Somebody reads the table and does not come to an end; what was written beside it is taken back."""


def may_take_its_place(connection: Any, table: Table) -> bool:
    """Whether whoever is connected owns the table and nobody has made anything on it that could not go along, on a
    database where writing it aside is of use.
    """
    if connection.dialect.name != "postgresql":
        return False
    asked = _IS_ONLY_ONES_OWN.format(name=table.name, indexes=1 + len(table.indexes))
    return bool(connection.exec_driver_sql(asked).scalar())


@cache
def beside(table: Table) -> Table:
    """The table that is written beside one, under the names that it has until it takes the place."""
    anew = table.to_metadata(MetaData(), name=f"{table.name}{ANEW}")
    anew.primary_key.name = f"{table.primary_key.name}{ANEW}"
    for index in anew.indexes:
        index.name = quoted_name(f"{index.name}{ANEW}", quote=None)
    return anew


def made_beside(connection: Any, table: Table) -> Table:
    """An empty table like one that no foreign key leaves or enters, which nobody else writes from here on."""
    name = table.name
    connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
    like = "INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE"
    connection.exec_driver_sql(f"CREATE TABLE {name}{ANEW} (LIKE {name} {like})")
    for statement in connection.exec_driver_sql(_ALIKE.format(name=name, anew=ANEW)).scalars().all():
        connection.exec_driver_sql(statement)
    return beside(table)


def build_indexes(connection: Any, table: Table) -> None:
    """Those of the table for the full one beside it."""
    anew = beside(table)
    connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
    connection.execute(AddConstraint(anew.primary_key))
    for index in sorted(anew.indexes, key=lambda index: str(index.name)):
        index.create(connection)
    connection.exec_driver_sql(f"ANALYZE {anew.name}")


def put_in_place(connection: Any, table: Table) -> None:
    """Has what was written beside a table be that table: from here to the commit, which must be near, readers wait."""
    indexes = (table.primary_key.name, *(index.name for index in table.indexes))
    exchange = [
        f"DROP TABLE {table.name}",
        f"ALTER TABLE {table.name}{ANEW} RENAME TO {table.name}",
        *(f"ALTER INDEX {name}{ANEW} RENAME TO {name}" for name in indexes),
    ]
    time.sleep(ON_DISK_SECONDS)
    _keep_readers_out(connection, table.name)
    connection.exec_driver_sql("; ".join(exchange))


def keep_in_place(connection: Any, table: Table) -> None:
    """Has no other table take the place until the transaction ends. A transaction that sees one moment asks for it
    first of all: of a table that came after its moment it would see no row.
    """
    connection.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS SHARE MODE")


def _keep_readers_out(connection: Any, name: str) -> None:
    """A lock that is waited for stops whoever comes after: so it is not waited for long."""
    for _ in range(TRIES):
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {MOST_MILLISECONDS}")
                connection.exec_driver_sql(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
                connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
        except OperationalError:
            time.sleep(PAUSE_SECONDS)
        else:
            return
    raise StillRead(f"{name} is being read all the time.")
