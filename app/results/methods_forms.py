"""The methods sheet as Markdown, and as HTML without scripts."""

import html
import re
from collections.abc import Iterator

from app.results.bibliography import bibtex, cite, pieces
from app.results.methods_text import MethodsSheet

_MEANS_SOMETHING = re.compile(r"[\\`*_{}\[\]<>#|]")
_AUTHORS = "To be added by the authors:"
_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:72ch;margin:32px auto;padding:0 16px;color-scheme:light dark}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}li{margin:4px 0;overflow-wrap:anywhere}"
    "h2{break-after:avoid}li{break-inside:avoid}"
)


def written(sheet: MethodsSheet) -> dict[str, str]:
    """The sheet in every form, by the ending of its file."""
    return {
        "md": "".join(f"{line}\n" for line in markdown(sheet)),
        "html": "".join(html_page(sheet)),
        "bib": bibtex(sheet.references),
    }


def markdown(sheet: MethodsSheet) -> Iterator[str]:
    """The lines of the sheet as Markdown; citations as Pandoc and Quarto read them."""
    yield f"# {_escaped(sheet.title)}"
    for said in sheet.head:
        yield from ("", _escaped(said))
    for part in sheet.sections:
        yield from ("", f"## {part.title}", "")
        for line in part.lines:
            yield f"- {f'**{_AUTHORS}** ' if line.for_authors else ''}{_escaped(line.text)}"
    if sheet.references:
        yield from ("", "## References", "")
        yield from (f"- **{work.key}** {_escaped(work.in_words)}" for work in sheet.references)
    if sheet.protocol:
        yield from ("", "## Protocol", "", "```json", sheet.protocol_text, "```")


def html_body(sheet: MethodsSheet) -> Iterator[str]:
    """The sections as HTML; citations lead to the references at their end."""
    for part in sheet.sections:
        yield f'<section id="{part.anchor}">\n<h2>{html.escape(part.title)}</h2>\n<ul>\n'
        for line in part.lines:
            mark = f"<strong>{_AUTHORS}</strong> " if line.for_authors else ""
            yield f"<li>{mark}{_linked(line.text)}</li>\n"
        yield "</ul>\n</section>\n"
    if sheet.references:
        yield '<section id="references">\n<h2>References</h2>\n<ul>\n'
        for work in sheet.references:
            yield f'<li id="ref-{work.key}"><strong>{work.key}</strong> {html.escape(work.in_words)}</li>\n'
        yield "</ul>\n</section>\n"
    if sheet.protocol:
        yield f'<section id="protocol">\n<h2>Protocol</h2>\n<pre>{html.escape(sheet.protocol_text)}</pre>\n</section>\n'


def html_head(sheet: MethodsSheet) -> Iterator[str]:
    """What stands above the sections: which study, and when the sheet was written."""
    yield from (f"<p>{_linked(line)}</p>\n" for line in sheet.head)


def html_page(sheet: MethodsSheet) -> Iterator[str]:
    """The whole sheet as a document of its own: nothing to load, and nothing that runs."""
    title = html.escape(sheet.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    yield from html_head(sheet)
    yield from html_body(sheet)
    yield "</body>\n</html>\n"


def _escaped(text: str) -> str:
    """The text in which no sign means anything to Markdown but its citations."""
    return "".join(
        _MEANS_SOMETHING.sub(r"\\\g<0>", said) + (cite(*keys) if keys else "") for said, keys in pieces(text)
    )


def _linked(text: str) -> str:
    """The text as HTML, in which citations lead to their works."""
    links = ((said, ", ".join(f'<a href="#ref-{key}">{key}</a>' for key in keys)) for said, keys in pieces(text))
    return "".join(html.escape(said) + (f"[{marks}]" if marks else "") for said, marks in links)
