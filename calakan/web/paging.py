"""Pages of a list: 25 rows, links instead of endless scrolling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

from calakan.kernel import db

PER_PAGE = 25


@dataclass(frozen=True)
class Page:
    items: Sequence[Any]
    number: int
    total: int
    per_page: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.per_page, self.total)

    @property
    def has_next(self) -> bool:
        return self.last < self.total


class Prepared:
    """A select of one model that is built once; what it binds is handed to `page`."""

    def __init__(self, wanted: sa.Select[Any]) -> None:
        rows = wanted.order_by(None).options(sa.orm.lazyload("*")).subquery()
        self.total = sa.select(sa.func.count()).select_from(rows)
        self.rows = wanted.limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))


def page(
    wanted: sa.Select[Any] | Prepared, *, per_page: int = PER_PAGE, number: int | None = None, **bound: object
) -> Page:
    """The page `?hal=` (or this number) of a select of one model; two statements at most."""
    asked = wanted if isinstance(wanted, Prepared) else Prepared(wanted)
    if number is None:
        text = request.args.get("hal", "1")
        number = max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    total = db.session().scalar(asked.total, bound) or 0
    number = min(number, max(1, -(-total // per_page)))  # past the end is the last page, not an empty one
    bound |= {"most": per_page, "skipped": (number - 1) * per_page}
    rows = db.session().scalars(asked.rows, bound).unique().all() if total else []
    return Page(items=rows, number=number, total=total, per_page=per_page)
