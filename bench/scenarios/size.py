"""What an installation takes on the disk, package by package, and what each large one is for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from bench.runner import Bench, Row, Wrong
from tests.sbom import PINS, ROOT, pins

NAME = "size"
TITLE = "packages of a site by their own records; those of 5 MB and more one by one"
LARGE_MB = 5.0
# Who asks for it, and what would be lost without it.
REASONS = {
    "brotli": "pages and styles are smaller on the way than by gzip",
    "cryptography": "signatures, keys, passkeys, secrets at rest",
    "lxml": "asked for by pikepdf, for the metadata of a PDF",
    "pikepdf": "uploaded PDF made anew, tags of printed reports",
    "pillow": "uploaded pictures made anew, cards of a diklat",
    "psycopg-binary": "PostgreSQL",
    "pypdfium2": "the first look at an uploaded PDF",
    "pysqlite3": "SQLite without the fault of versions up to 3.51.2 in WAL",
    "python-pkcs11": "the key of the papers in a token",
    "redis": "the broker, as Celery and the limits speak to it",
    "reportlab": "reports and lists on paper",
    "rfc3161-client": "time stamps on papers, verified",
    "sqlalchemy": "both databases",
    "wcwidth": "asked for by Celery's command line",
}


def run(bench: Bench) -> Iterator[Row]:
    sizes = {name: found for name in pins((ROOT / PINS).read_text()) if (found := _megabytes(name)) is not None}
    large = {name: size for name, size in sizes.items() if size[0] >= LARGE_MB}
    for name, (files, bytecode) in sorted(large.items(), key=lambda item: -item[1][0]):
        yield {"package": name, "mb": round(files, 1), "bytecode_mb": round(bytecode, 1), "for": REASONS.get(name)}
    rest = [size for name, size in sizes.items() if name not in large]
    yield {"package": "others", "of": len(rest), **_sum(rest)}
    yield {"package": "total", "of": len(sizes), **_sum(list(sizes.values()))}
    if unexplained := sorted(set(large) - set(REASONS)):
        raise Wrong(f"nobody has said what these are for: {', '.join(unexplained)}")


def _megabytes(name: str) -> tuple[float, float] | None:
    """All files and the compiled ones among them; None where this system does not have it."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    sizes = [(file.suffix, path.stat().st_size) for file in found.files or [] if (path := file.locate()).exists()]
    return sum(size for _, size in sizes) / 1e6, sum(size for suffix, size in sizes if suffix == ".pyc") / 1e6


def _sum(sizes: list[tuple[float, float]]) -> Row:
    return {"mb": round(sum(files for files, _ in sizes), 1), "bytecode_mb": round(sum(code for _, code in sizes), 1)}
