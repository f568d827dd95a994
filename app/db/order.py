"""Names in one order everywhere: that of their characters' codes, as Python and SQLite have it.

PostgreSQL sorts by the language it was set up for, where ``B`` may stand after ``a``. What is trained and shown would
then depend on the server: a recipe's hash is made of its photographs in their order.
"""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class by_code(FunctionElement[str]):  # noqa: N801 - written like the functions of SQL beside which it stands
    """The text, for ORDER BY."""

    inherit_cache = True
    name = "by_code"


@compiles(by_code)
def _plain(element: by_code, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(by_code, "postgresql")
def _collated(element: by_code, compiler: SQLCompiler, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
