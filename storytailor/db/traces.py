"""Where words stand in a database: every column of every table, whoever keeps it."""

from __future__ import annotations

import psycopg
from psycopg import sql

from storytailor.db.connecting import bounded
from storytailor.db.connection import statement
from storytailor.errors import SettingsError
from storytailor.traces import Traces

AT_A_TIME = 50


async def rows_with(url: str, traces: Traces, *, setting: str) -> dict[str, int]:
    """In how many rows of which tables (`schema.table`) one of the words stands; tables without are left out.

    Raises SettingsError, naming the setting, when the database cannot be reached or a table cannot be read.
    """
    found: dict[str, int] = {}
    try:
        async with await psycopg.AsyncConnection.connect(
            bounded(url, application_name="storytailor find-traces"), autocommit=True, prepare_threshold=None
        ) as connection:
            tables = await (await connection.execute(statement("traces/tables"))).fetchall()
            for schema, table, packed in tables:
                name = sql.Identifier(schema, table)
                ((count,),) = await (
                    await connection.execute(
                        sql.SQL(statement("traces/rows")).format(table=name), {"spellings": traces.spellings}
                    )
                ).fetchall()
                for column in packed:
                    count += await _packed_with(connection, name, column, traces)
                if count:
                    found[f"{schema}.{table}"] = int(count)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SettingsError(
            f"The login of {setting} may not read all of the database: {error.diag.message_primary}. "
            "Search with the login of whoever owns the tables."
        ) from error
    except psycopg.OperationalError as error:
        raise SettingsError(
            f"The database of {setting} cannot be searched. Is it up, and is {setting} right?"
        ) from error
    return found


async def _packed_with(
    connection: psycopg.AsyncConnection[tuple[object, ...]], table: sql.Composable, column: str, traces: Traces
) -> int:
    """In how many rows this column of bytes has one of the words, compressed or not."""
    count = 0
    async with connection.transaction(), connection.cursor("packed") as cursor:
        cursor.itersize = AT_A_TIME
        query = sql.SQL("SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        await cursor.execute(query.format(column=sql.Identifier(column), table=table))
        async for (body,) in cursor:
            count += isinstance(body, bytes) and traces.in_bytes(body)
    return count
