"""Safe Markdown: CommonMark without raw HTML, then cleaned once more."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
_of_guides = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "blockquote", "code", "hr"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}


def render(text: str) -> Markup:
    """What people type: each line break stays."""
    return _clean(_parser.render(text), _TAGS)


def render_guide(text: str) -> Markup:
    """Our own guides: lines flow, and there are tables."""
    return _clean(_of_guides.render(text), _TAGS | _TABLES)


def _clean(html: str, tags: set[str]) -> Markup:
    cleaned = nh3.clean(
        html.replace("<h1>", "<h3>").replace("</h1>", "</h3>").replace("<h2>", "<h3>").replace("</h2>", "</h3>"),
        tags=tags,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener nofollow",
    )
    return Markup(cleaned)  # noqa: S704  # cleaned by nh3 just above
