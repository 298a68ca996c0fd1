"""What a table is refused for."""

from calakan.kernel.errors import DomainError


class TableUnreadable(DomainError):
    """`why` is one of:

    - format, encrypted, large, empty
    - heavy: reading it took more than it may; busy: others are read, and its turn did not come
    - quote: a quotation mark of `line` is not closed
    - encoding: `line` is written in another encoding than the rest
    - sheets: of several visible `sheets` each has lines
    - columns: `missing` names them; `sheet` is what was read, "" for a CSV
    """

    field = "file"
