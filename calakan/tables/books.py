"""Workbooks and CSV that we write."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import xlsxwriter  # only for who writes one

Value = TypeVar("Value")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SUSPECT = frozenset((*_DANGEROUS, " "))


def harmless(value: Value) -> Value | str:
    """Text that a spreadsheet would run as a formula is kept as text."""
    # Nearly every cell is done after its first letter; a list has millions of them.
    if not isinstance(value, str) or value[:1] not in _SUSPECT:
        return value
    return "'" + value if value.lstrip(" ").startswith(_DANGEROUS) else value


def finish(book: xlsxwriter.Workbook) -> None:
    """Write it out. Raises OSError when the disk is full, of the file or of temporary files; xlsxwriter hides it in its own."""
    from xlsxwriter.exceptions import FileCreateError  # late, as above

    try:
        book.close()
    except FileCreateError as error:
        if isinstance(error.args[0], OSError):
            raise error.args[0] from error
        raise
