"""How style sheets and scripts are laid out: `python -m tests.architecture.formatted` writes them so, a test holds it.

Templates are indented by djhtml (`./run format`, and `./run check` looks). What was vendored stays as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cssbeautifier
import jsbeautifier

ROOT = Path(__file__).parents[2] / "calakan"
VENDORED = "vendor"


def sources(suffix: str) -> Iterator[Path]:
    """The files of our own that end so, in their order."""
    return (path for path in sorted(ROOT.rglob(f"*{suffix}")) if VENDORED not in path.parts)


def formatted(path: Path) -> str:
    """One statement, one declaration a line; two spaces a level."""
    library = {".css": cssbeautifier, ".js": jsbeautifier}[path.suffix]
    options = library.default_options()
    options.indent_size = 2
    options.wrap_line_length = 120 if path.suffix == ".js" else 0
    options.end_with_newline = True
    return str(library.beautify(path.read_text(), options))


if __name__ == "__main__":
    for path in (*sources(".css"), *sources(".js")):
        path.write_text(formatted(path))
