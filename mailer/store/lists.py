"""A list as one parameter of a statement, so that the statement is the same, and made once, for one id and for a hundred.

An IN whose list SQLAlchemy writes out is written anew, parameter by parameter, each time it is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, ColumnElement, Dialect, Text, column, literal, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class _List(TypeDecorator[list[int]]):
    """Ids in one parameter, written out: as PostgreSQL writes an array, as JSON on SQLite. The driver's own way of writing an
    array asks about the type of each id, which costs more than the statement."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return ("{%s}" if dialect.name == "postgresql" else "[%s]") % ",".join(map(str, value))


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self  # a comparison, however SQLite is told what a truth is: "... = 1" around it would hide the index


class _Texts(FunctionElement[Any]):
    inherit_cache = True


def among(ids: Column[Any], given: Any) -> ColumnElement[bool]:
    """Whether a column holds one of the ids that the parameter `given` lists."""
    return _Among(ids, type_coerce(given, _List))


def one_of(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds one of a few words that stand when the statement is made."""
    return column.in_([literal(value) for value in sorted(values)])


def texts_by_id(given: Any) -> Any:
    """The parameter `given`, a dict of texts by ids, as rows of (id, text). PostgreSQL cannot know how few they are: ask
    `among` too, or it reads the whole table that they are joined with."""
    return _Texts(type_coerce(given, JSON)).table_valued(column("id", BigInteger), column("text", Text), name="given")


_WRITTEN = {
    (_Among, "sqlite"): "{} IN (SELECT value FROM json_each({}))",
    (_Among, "postgresql"): "{} = ANY (CAST({} AS bigint[]))",
    (_Texts, "sqlite"): "(SELECT CAST(key AS INTEGER) AS id, value AS text FROM json_each({}))",
    (_Texts, "postgresql"): "(SELECT CAST(key AS bigint) AS id, value AS text FROM json_each_text({}))",
}


@compiles(_Among)
@compiles(_Texts)
def _written(element: Any, compiler: Any, **asked: Any) -> str:
    return _WRITTEN[type(element), compiler.dialect.name].format(
        *[compiler.process(clause, **asked) for clause in element.clauses]
    )
