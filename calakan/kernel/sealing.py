"""Every sealed column of the database, sealed anew with the newest key."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from calakan.kernel import db, vault


def renew() -> tuple[int, Counter[str]]:
    """How many values were sealed anew, and how many of each column no key of ours opens."""
    renewed, locked = 0, Counter[str]()
    for table in db.Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, vault.Sealed):
                renewed += _renew(table, column, column.type.about, locked)
    return renewed, locked


def locked() -> Counter[str]:
    """How many values of each column no key of ours opens: the key was lost, or they were tampered with. Reads only."""
    found = Counter[str]()
    for table in db.Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, vault.Sealed):
                raw = sa.select(sa.type_coerce(column, sa.Text)).where(column.is_not(None))
                about = column.type.about
                found[about] += sum(not _opens(held, about) for held in db.session().scalars(raw))
    return +found


def _opens(held: str, about: str) -> bool:
    try:
        vault.opened(held, about=about)
    except vault.VaultLocked:
        return False
    return True


def _renew(table: sa.Table, column: sa.Column[str], about: str, locked: Counter[str]) -> int:
    raw, renewed = sa.type_coerce(column, sa.Text), 0
    for id, held in db.session().execute(sa.select(table.c.id, raw).order_by(table.c.id)).all():
        if held is None or vault.is_newest(held):
            continue
        try:
            plain = vault.opened(held, about=about)
        except vault.VaultLocked:
            locked[about] += 1
            continue
        with db.transaction() as session:  # whoever changed it meanwhile has used the newest key
            done = session.execute(sa.update(table).where(table.c.id == id, raw == held).values({column.name: plain}))
            renewed += db.touched(done)
    return renewed
