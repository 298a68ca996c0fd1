"""What this room refuses: files that cannot be made."""

from calakan.kernel.errors import DomainError


class DiklatNeeded(DomainError):
    """A list of one diklat, and none is named."""

    field = "diklat"


class TooManyExports(DomainError):
    """`most` files of this person are not made yet."""


class ExportOver(DomainError):
    """It is finished or stopped already."""


class TooLongToPrint(DomainError):
    """`most` rows fit on paper."""


class TooLongForSheet(DomainError):
    """`most` rows fit on a sheet of a workbook."""


class StorageFull(DomainError):
    """The disk took no more; it is tried again."""


class ExportNotMade(DomainError):
    """Nobody foresaw why; the log has it, under the number of the export."""


class NoLongerAllowed(DomainError):
    """Who asked has lost the right since."""


class KindNotAllowed(DomainError):
    """This list holds names, which the actor may not take out."""

    field = "jenis"


class HeadcountsWrong(DomainError):
    """`lines` are (number, column) of what cannot be right; nothing was stored."""

    field = "file"


class FormatNotOffered(DomainError):
    """The evidence report is a document, or the workbook of its numbers; papers over a year come as a bundle, no list does."""

    field = "format"


class OneYearNeeded(DomainError):
    """The days are of two years, and a paper is over one."""

    field = "sampai"


class TooManyInBundle(DomainError):
    """More papers than one file takes."""


class AlreadyScheduled(DomainError):
    """This person gets this file each month already."""

    field = "orang"


class TooManySaved(DomainError):
    """More than `most` reports of one person."""

    field = "nama"


class ColumnsUnknown(DomainError):
    """The list has no such column, or its columns are not for choosing."""
