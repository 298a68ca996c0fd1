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


def page(wanted: sa.Select[Any], *, per_page: int = PER_PAGE, number: int | None = None) -> Page:
    """The page `?hal=` (or this number) of a select of one model; two statements at most."""
    if number is None:
        text = request.args.get("hal", "1")
        number = max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    total = (
        db.session().scalar(
            sa.select(sa.func.count()).select_from(wanted.order_by(None).options(sa.orm.lazyload("*")).subquery())
        )
        or 0
    )
    number = min(number, max(1, -(-total // per_page)))  # past the end is the last page, not an empty one
    shown = wanted.limit(per_page).offset((number - 1) * per_page)
    rows = db.session().scalars(shown).unique().all() if total else []
    return Page(items=rows, number=number, total=total, per_page=per_page)
