"""Workbooks that we write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter  # only for who writes one


def finish(book: xlsxwriter.Workbook) -> None:
    """Write it out. Raises OSError when the disk is full, of the file or of temporary files; xlsxwriter hides it in its own."""
    from xlsxwriter.exceptions import FileCreateError  # late, as above

    try:
        book.close()
    except FileCreateError as error:
        if isinstance(error.args[0], OSError):
            raise error.args[0] from error
        raise
