"""A list as one parameter of a statement, so that the statement is the same, and made once, for one id and for a hundred.

An IN whose list SQLAlchemy writes out is written anew, parameter by parameter, each time it is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ColumnElement, Dialect, Text, column, literal, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _List(TypeDecorator[list[int]]):
    """Ids in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(BigInteger) if dialect.name == "postgresql" else JSON())


class _Ids(FunctionElement[Any]):
    inherit_cache = True


class _Texts(FunctionElement[Any]):
    inherit_cache = True


def among(ids: Column[Any], given: Any) -> ColumnElement[bool]:
    """Whether a column holds one of the ids that the parameter `given` lists."""
    rows = _Ids(type_coerce(given, _List)).table_valued(column("id", BigInteger), name="given")
    return ids.in_(select(rows.c.id))


def one_of(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds one of a few words that stand when the statement is made."""
    return column.in_([literal(value) for value in sorted(values)])


def texts_by_id(given: Any) -> Any:
    """The parameter `given`, a dict of texts by ids, as rows of (id, text)."""
    return _Texts(type_coerce(given, JSON)).table_valued(column("id", BigInteger), column("text", Text), name="given")


# What is asked for, by kind and dialect
_WRITTEN = {
    (_Ids, "sqlite"): "(SELECT value AS id FROM json_each({}))",
    (_Ids, "postgresql"): "(SELECT unnest({}) AS id)",
    (_Texts, "sqlite"): "(SELECT CAST(key AS INTEGER) AS id, value AS text FROM json_each({}))",
    (_Texts, "postgresql"): "(SELECT CAST(key AS bigint) AS id, value AS text FROM json_each_text({}))",
}


@compiles(_Ids)
@compiles(_Texts)
def _written(element: Any, compiler: Any, **asked: Any) -> str:
    return _WRITTEN[type(element), compiler.dialect.name].format(compiler.process(element.clauses, **asked))
