"""What every column means, as a page that travels with the tables."""

from collections.abc import Iterable, Iterator, Sequence

from app.results.column import Column
from app.results.columns import TABLES
from app.results.layout_columns import LAYOUTS


def dictionary(files: Iterable[str]) -> Iterator[str]:
    """The lines of the page, in Markdown, about those of the tables that are among the files."""
    names = set(files)
    yield from (
        "# Data dictionary", "",
        "UTF-8 CSV with commas and a header line; numbers with a decimal point and nine significant digits; an empty "
        "cell means that there is no such value. Text that a spreadsheet would take for a formula has an apostrophe in "
        "front.",
    )  # fmt: skip
    for name, columns in TABLES.items():
        if f"{name}.csv" in names or f"parquet/{name}.parquet" in names:
            yield from _section(f"{name}.csv", columns)
    for path, columns in LAYOUTS.items():
        stem = path.removesuffix(".csv")
        if path in names:
            yield from _section(path, columns)
        elif any(name.startswith(f"{stem}-") for name in names):
            yield from _section(f"{stem}-*.csv", columns)


def _section(title: str, columns: Sequence[Column]) -> Iterator[str]:
    yield from ("", f"## `{title}`", "", "| column | type | unit | meaning | example |", "|---|---|---|---|---|")
    for one in columns:
        yield f"| `{one.name}` | {one.type} | {one.unit} | {one.meaning} | `{one.example}` |"
