"""The results as one HTML file that needs nothing else: tables, bars for what is measured, flame graphs."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

CHARTED = ("_ms", "per_s", "_s")
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2530;background:#fff}
table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #ccd3da;padding:.2rem .5rem;text-align:right}
td:first-child,th:first-child{text-align:left}div.t{overflow-x:auto}h2{margin-top:2.5rem}figure{margin:1rem 0}
figcaption{font-weight:600}svg text{font:12px system-ui,sans-serif;fill:#1c2530}rect{fill:#2f6f8f}img{max-width:100%}
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#12181f}svg text{fill:#e6ebf0}rect{fill:#6fb3d2}td,th{border-color:#3a4652}}
"""
Rows = Sequence[Mapping[str, Any]]


def page(scenarios: Mapping[str, Mapping[str, Any]], measured_on: Mapping[str, str], *, small: bool) -> str:
    on = ", ".join(f"{name} {value}" for name, value in measured_on.items())
    parts = [f"<p>{escape(on)}{'. Small sizes: figures without meaning.' if small else ''}</p>"]
    for name, found in scenarios.items():
        parts.append(f"<h2 id='{escape(name)}'>{escape(name)}</h2><p>{escape(found['title'])}</p>")
        parts += [_table(found["rows"]), *_charts(found["rows"]), *_flames(found["rows"])]
    head = "<meta charset=utf-8><meta name=viewport content='width=device-width'><title>Calakan, measured</title>"
    return f"<!doctype html><html lang=en><head>{head}<style>{STYLE}</style></head><body><h1>Measured</h1>{''.join(parts)}</body></html>\n"


def _table(rows: Rows) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(row.get(n, '')))}</td>" for n in names) + "</tr>" for row in rows)
    return f"<div class=t><table><tr>{head}</tr>{body}</table></div>"


def _charts(rows: Rows) -> list[str]:
    """One for each unit: all columns that have it, of all rows."""
    found = []
    for unit in CHARTED:
        bars = [
            (f"{_label(row)} {name}", value)
            for row in rows
            for name, value in row.items()
            if name.endswith(unit) and (unit != "_s" or not name.endswith("per_s")) and isinstance(value, int | float)
        ]
        if bars:
            found.append(_chart(unit.strip("_"), bars))
    return found


def _label(row: Mapping[str, Any]) -> str:
    """What the row is of; shares, verdicts and files are none of it."""
    words = (value for value in row.values() if isinstance(value, str) and value not in ("yes", "no"))
    return " ".join(word for word in words if "%" not in word and "/" not in word[1:])[:40]


def _chart(unit: str, bars: Sequence[tuple[str, float]]) -> str:
    most = max(value for _, value in bars) or 1
    drawn = "".join(
        f"<text x=330 y={20 * n + 14} text-anchor=end>{escape(label)}</text>"
        f"<rect x=340 y={20 * n + 3} height=14 width={max(1, 480 * value / most):.0f} />"
        f"<text x={350 + 480 * value / most:.0f} y={20 * n + 14}>{value:g}</text>"
        for n, (label, value) in enumerate(bars)
    )
    return f"<figure><figcaption>{escape(unit)}</figcaption><svg viewBox='0 0 920 {20 * len(bars) + 4}' width=920>{drawn}</svg></figure>"


def _flames(rows: Rows) -> list[str]:
    """As pictures, so that a script in them is not run."""
    found = []
    for row in rows:
        file = Path(str(row.get("flame_graph", "")))
        if file.is_file():
            data = base64.b64encode(file.read_bytes()).decode()
            found.append(
                f"<figure><figcaption>{escape(str(row['page']))}, {escape(str(row['database']))}</figcaption>"
                f"<img alt='flame graph' src='data:image/svg+xml;base64,{data}'></figure>"
            )
    return found
