"""RA, MI, MTs and MA are kinds of their own: what was a madrasah gets the kind that its name begins with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None

FIRST = {
    "ra": "ra", "ba": "ra", "mi": "mi", "min": "mi", "mis": "mi", "mts": "mts", "mtsn": "mts", "mtss": "mts", "ma": "ma",
    "man": "ma", "mas": "ma",
}  # fmt: skip
LONG = {"raudhatul": "ra", "raudlatul": "ra", "bustanul": "ra"}
ALSO = {"ibtidaiyah": "mi", "tsanawiyah": "mts", "aliyah": "ma"}
KINDS = ("ra", "mi", "mts", "ma")


def _kind(key: str) -> str | None:
    words = [*key.split(), "", ""]
    return ALSO.get(words[1]) if words[0] == "madrasah" else FIRST.get(words[0]) or LONG.get(words[0])


def _key(key: str) -> str:
    """As names are searched from now on: `min 1` and `mi negeri 1` are `mi 1`."""
    words = key.split()
    if words[:1] and words[0] in FIRST and words[0] not in ("ra", "ba"):
        words[0] = FIRST[words[0]]
        if words[1:2] and words[1] in ("negeri", "n"):
            del words[1]
    return " ".join(words)


def upgrade() -> None:
    school = sa.table("school", sa.column("id"), sa.column("search_key"), sa.column("jenjang"))
    person = sa.table("person", sa.column("school_id"), sa.column("jenjang"))
    alias = sa.table("school_alias", sa.column("id"), sa.column("school_id"), sa.column("key"))
    session = op.get_bind()
    for id, key in session.execute(
        sa.select(school.c.id, school.c.search_key).where(school.c.search_key.like("m%"))
    ).all():
        if _key(key) != key:
            session.execute(school.update().where(school.c.id == id).values(search_key=_key(key)))
    rows = session.execute(sa.select(alias.c.id, alias.c.school_id, alias.c.key).order_by(alias.c.id)).all()
    there = {(row.school_id, row.key) for row in rows}
    for id, school_id, key in rows:
        if (school_id, _key(key)) not in there:
            there.add((school_id, _key(key)))
            session.execute(alias.update().where(alias.c.id == id).values(key=_key(key)))
    named = sa.select(school.c.id, school.c.search_key).where(school.c.jenjang == "madrasah")
    for id, key in session.execute(named).all():
        if kind := _kind(key):
            session.execute(school.update().where(school.c.id == id).values(jenjang=kind))
            mine = sa.and_(person.c.school_id == id, person.c.jenjang == "madrasah")
            session.execute(person.update().where(mine).values(jenjang=kind))


def downgrade() -> None:
    """The program before knows no kinds."""
    for name in ("school", "person"):
        table = sa.table(name, sa.column("jenjang"))
        op.execute(table.update().where(table.c.jenjang.in_(KINDS)).values(jenjang="madrasah"))
    session = op.get_bind()
    for name, of in (("diklat_level", "diklat_id"), ("volunteer_level", "person_id")):
        table = sa.table(name, sa.column(of), sa.column("jenjang"))
        named = {row[0] for row in session.execute(sa.select(table.c[of]).where(table.c.jenjang.in_(KINDS)))}
        named -= {row[0] for row in session.execute(sa.select(table.c[of]).where(table.c.jenjang == "madrasah"))}
        session.execute(table.delete().where(table.c.jenjang.in_(KINDS)))
        for id in sorted(named):
            session.execute(table.insert().values({of: id, "jenjang": "madrasah"}))
