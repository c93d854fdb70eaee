"""Many rows at once, past the objects that SQLAlchemy makes of each.

Values come and go as the driver has them: canonical JSON as text, a date as ISO 8601 text when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table, exc

Row = tuple[Any, ...]
PARAMETERS = 10_000
"""So many parameters every database takes in one statement."""
_AT_ONCE = 20_000


def rows_of(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row]]:
    """Rows of a query in parts, as the driver gives them. No part is kept."""
    if connection.dialect.name == "postgresql":
        yield from connection.execute(query.execution_options(yield_per=_AT_ONCE)).partitions()
        return
    with closing(connection.execute(query)) as result, _said_as_sqlalchemy_does(connection):
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows whose values are in the order of the table's columns."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with _said_as_sqlalchemy_does(connection), cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" for _ in table.columns)
    waiting = iter(rows)
    while part := list(islice(waiting, _AT_ONCE)):
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", part)  # noqa: S608  # our names


def in_parts(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Cut things into lists of up to `size`: databases bound the number of parameters."""
    waiting = iter(things)
    while part := list(islice(waiting, size)):
        yield part


@contextmanager
def _said_as_sqlalchemy_does(connection: Connection) -> Iterator[None]:
    """Raise errors of the driver as those that SQLAlchemy raises."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise exc.DBAPIError("many rows at once", None, error) from error
