"""Rules for templates, style sheets, scripts and what else a browser is given: each tells what breaks it."""

import re
from collections.abc import Iterator, Mapping

COLOUR = re.compile(
    r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\("
)
_NAMES = "aqua|black|blue|brown|crimson|cyan|fuchsia|gold|gr[ae]y|green|indigo|lime|magenta|maroon|navy|olive|orange|pink|purple|red|salmon|silver|tan|teal|tomato|violet|white|yellow|(?:dark|light|dim|slate)[a-z]+"  # fmt: skip  # noqa: E501
_PAINTED = re.compile(
    r"(?:color|background(?:-color)?|border(?:-\w+)*|fill|stroke|outline(?:-color)?|box-shadow|text-shadow|accent-color)"
    rf"\s*[:=]\s*[\"']?[^;\"'{{}}]*?(?<![\w-])(?:{_NAMES})(?![\w(-])"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_USED = re.compile(r"\{%-? *(?:include|import|from|extends) *\(?[\"']([^\"']+)[\"']")
_ATTRIBUTES = re.compile(r"\b(?:fill|stroke|color|bgcolor|stop-color|flood-color)=\"([^\"]*)\"")
TEMPLATE_LINES = 120
_MACROS = "macros/desk.html"  # which has every kind of field; who uses them says so by their names
_FILLED_IN = re.compile(
    r"<(?:textarea|select)\b|<input(?=[^>]*\bname=)(?![^>]*\btype=\"hidden\")|\bdesk\.(?:field|area|role_field)\("
)


def sheet_without_literal_colours(name: str, text: str) -> Iterator[str]:
    """Colours stand in tokens.css alone."""
    if name == "css/tokens.css":
        return
    for found in COLOUR.findall(_COMMENT.sub("", text)) + _PAINTED.findall(_COMMENT.sub("", text)):
        yield f"{name} has the colour {found!r}"


def script_without_literal_colours(name: str, text: str) -> Iterator[str]:
    """A script takes colours from the tokens: getComputedStyle knows them."""
    for quoted in re.findall(r"(?:\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`)", text):
        if re.fullmatch(rf".(?:{COLOUR.pattern}).*|.(?:{_NAMES}).", quoted):
            yield f"{name} has the colour {quoted}"


def template_without_literals(name: str, text: str) -> Iterator[str]:
    """No colour, style, script or handler stands in a template, and nothing is fetched from elsewhere."""
    text = _JINJA_COMMENT.sub("", text)
    for value in _ATTRIBUTES.findall(text):
        if value not in ("none", "currentColor") and not value.startswith("var("):
            yield f"{name} paints with {value!r}"
    if re.search(r"\sstyle=|<style\b", text):
        yield f"{name} has a style of its own"
    if re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", text):
        yield f"{name} has a script inside"
    if re.search(r"\son[a-z]+\s*=\s*[\"']|javascript:", text):
        yield f"{name} has a handler in an attribute"
    if re.search(r"(?:src|href|action)=\"(?:https?:)?//", text):
        yield f"{name} asks another host"
    if re.search(r"\|\s*safe\b|autoescape\s+false", text):
        yield f"{name} lets text through unescaped"


def template_is_short(name: str, text: str) -> Iterator[str]:
    """A template is seen whole."""
    if text.count("\n") > TEMPLATE_LINES:
        yield f"{name} has more than {TEMPLATE_LINES} lines"


def templates_belong_together(templates: Mapping[str, str], python: str) -> Iterator[str]:
    """Every template extends another, or is used by one; all but base.html; and none lies there unused."""
    used = {other for text in templates.values() for other in _USED.findall(text)}
    named = set(re.findall(r"[\"']([\w/]+\.html)[\"']", python))
    begun = re.findall(r"f[\"']([\w/]+)\{[^}]*\}\.html[\"']", python)
    for name, text in templates.items():
        extends = re.search(r"\{% extends ", text) is not None
        shown = name in named or any(name.startswith(begin) for begin in begun)
        if not extends and name != "base.html" and name not in used:
            yield f"{name} neither extends another template nor is part of one"
        if not extends and name != "base.html" and "<html" in text:
            yield f"{name} is a page of its own: extend base.html"
        if extends and not shown and name not in used:
            yield f"{name} is shown by nobody"
        if not extends and name in named:
            yield f"{name} is a part and is shown as a page"
    yield from (f"{name} is used and not there" for name in sorted(used - templates.keys()))


def forms_stay_under_their_writers_hands(templates: Mapping[str, str]) -> Iterator[str]:
    """A page that loads itself anew has no form that is filled in: what was written would be gone."""
    for name in templates:
        parts, more = set[str](), {name}
        while more:
            parts |= more
            more = {other for part in more for other in _USED.findall(templates[part])} - parts - {_MACROS}
        whole = "\n".join(_JINJA_COMMENT.sub("", templates[part]) for part in parts)
        if 'http-equiv="refresh"' in whole and (found := _FILLED_IN.search(whole)):
            yield f"{name} is loaded anew under whoever fills in {found[0]!r}"


def unused_classes(sheets: Mapping[str, str], markup: str) -> Iterator[str]:
    """Every class of a style sheet is given to something by a template or a script."""
    words = set(re.findall(r"[\w-]+", markup))
    stems = tuple(re.findall(r"([\w-]+-)(?:\{\{|\$\{|\" ?[+~])", markup))  # level-{{ share }}
    for name, text in sheets.items():
        selectors = re.findall(r"([^{}]+)\{", _COMMENT.sub("", text))
        for given in sorted({one for selector in selectors for one in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}):
            if given not in words and not given.startswith((*stems, *_OF_LIBRARIES)):
                yield f"{name} styles .{given}, which nothing has"


def unused_properties(sheets: Mapping[str, str], elsewhere: str) -> Iterator[str]:
    """Every custom property is used, and every one that is used is there."""
    css = "\n".join(_COMMENT.sub("", text) for text in sheets.values())
    made, used = set(re.findall(r"(--[\w-]+)\s*:", css)), set(re.findall(r"var\((--[\w-]+)", css + elsewhere))
    used |= set(re.findall(r"[\"'`](--[\w-]+)[\"'`]", elsewhere))
    yield from (f"{name} is declared and not used" for name in sorted(made - used))
    yield from (f"{name} is used and not declared" for name in sorted(used - made))


def unreferenced(statics: Mapping[str, str], elsewhere: str) -> Iterator[str]:
    """Every static file is asked for by a page, a script or a style sheet."""
    for name in statics:
        if name in _FOR_TOOLS or name.endswith((".md", ".txt", ".d.ts")):
            continue
        file = name.rpartition("/")[2]
        others = "\n".join(text for other, text in statics.items() if other != name)
        by_page = name in elsewhere or f'"{file.rpartition(".")[0]}"' in elsewhere
        if not by_page and f"/{file}" not in others:
            yield f"{name} is asked for by nobody"


_OF_LIBRARIES = ("u-", "uplot")  # classes that a vendored library gives
_FOR_TOOLS = {"package.json", "tsconfig.json"}
EACH_TEMPLATE = (template_without_literals, template_is_short)
