"""The edition of a diklat, drawn anew by triggers with each change of what the processes keep of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

# table -> the diklat of a row
WATCHED = {
    "diklat_topic": "{row}.diklat_id",
    "diklat_level": "{row}.diklat_id",
    "diklat_post": "{row}.diklat_id",
    "programme_row": "{row}.diklat_id",
    "live_session": "{row}.diklat_id",
    "exercise": "{row}.diklat_id",
    "exam": "{row}.diklat_id",
    "row_proof": "(SELECT diklat_id FROM programme_row WHERE id = {row}.row_id)",
}
LOCKABLE = {"live_session"}
"""A lock is held by writing `lock_count`, which is no change."""

DRAWN = {"postgresql": "(random() * 9007199254740992)::bigint", "sqlite": "random()"}
ALL = "UPDATE diklat SET edition = {drawn}"
ACT_SQLITE = " BEGIN UPDATE diklat SET edition = {drawn} WHERE id IN ({ids}); END"
FUNCTION_POSTGRESQL = """
CREATE FUNCTION edition_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN UPDATE diklat SET edition = {drawn} WHERE id = {old}; END IF;
  IF TG_OP <> 'DELETE' THEN UPDATE diklat SET edition = {drawn} WHERE id = {new}; END IF;
  RETURN NULL;
END $$"""
OWN_FUNCTION_POSTGRESQL = """
CREATE FUNCTION edition_diklat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.edition := {drawn};
  RETURN NEW;
END $$"""
OWN_POSTGRESQL = """
CREATE TRIGGER edition_diklat_update BEFORE UPDATE ON diklat FOR EACH ROW
WHEN (OLD.lock_count = NEW.lock_count AND OLD.edition = NEW.edition) EXECUTE FUNCTION edition_diklat()"""
OWN_SQLITE = """
CREATE TRIGGER edition_diklat_update AFTER UPDATE ON diklat
WHEN OLD.lock_count = NEW.lock_count AND OLD.edition = NEW.edition BEGIN
  UPDATE diklat SET edition = {drawn} WHERE id = NEW.id;
END"""


def upgrade() -> None:
    op.add_column("diklat", sa.Column("edition", sa.BigInteger(), server_default="0", nullable=False))
    name = op.get_bind().dialect.name
    op.execute(ALL.format(drawn=DRAWN[name]))
    if name == "postgresql":
        op.execute(OWN_FUNCTION_POSTGRESQL.format(drawn=DRAWN[name]))
        op.execute(OWN_POSTGRESQL)
    else:
        op.execute(OWN_SQLITE.format(drawn=DRAWN[name]))
    for table, diklat in WATCHED.items():
        _watch(name, table, old=diklat.format(row="OLD"), new=diklat.format(row="NEW"))


def _watch(dialect: str, table: str, *, old: str, new: str) -> None:
    if dialect == "postgresql":
        op.execute(FUNCTION_POSTGRESQL.format(table=table, drawn=DRAWN[dialect], old=old, new=new))
    for name, ids in (("insert", new), ("update", f"{old}, {new}"), ("delete", old)):
        meant = " WHEN (OLD.lock_count = NEW.lock_count)" if name == "update" and table in LOCKABLE else ""
        event = f"CREATE TRIGGER edition_{table}_{name} AFTER {name} ON {table}"
        if dialect == "postgresql":
            op.execute(f"{event} FOR EACH ROW{meant} EXECUTE FUNCTION edition_{table}()")
        else:
            op.execute(event + meant + ACT_SQLITE.format(drawn=DRAWN[dialect], ids=ids))


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, names in {"diklat": ["update"], **{table: ["insert", "update", "delete"] for table in WATCHED}}.items():
        for name in names:
            op.execute(f"DROP TRIGGER edition_{table}_{name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION edition_{table}()")
    op.drop_column("diklat", "edition")
