"""Sessions shorter than one JP: a row counts the minutes of its sessions together, presence weighs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

TABLES = ("programme_row", "live_session")
# What the rolls of a diklat are made from is watched, and so is the new column.
WATCHED = "state, jp, diklat_id"
TRIGGER_SQLITE = """
CREATE TRIGGER roll_live_session_update AFTER UPDATE OF {columns} ON live_session BEGIN
  INSERT INTO roll_change (diklat_id)
  SELECT changed.id FROM (SELECT OLD.diklat_id AS id UNION SELECT NEW.diklat_id AS id) AS changed
  WHERE changed.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM roll_change WHERE diklat_id = changed.id);
END"""
TRIGGER_POSTGRESQL = """
CREATE TRIGGER roll_live_session AFTER INSERT OR DELETE OR UPDATE OF {columns} ON live_session
FOR EACH ROW EXECUTE FUNCTION roll_live_session()"""


def upgrade() -> None:
    op.add_column("live_session", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE live_session SET weight = jp * 1000")
    _watch(f"{WATCHED}, weight")
    _allow("jp > 0", "jp >= 0")


def downgrade() -> None:
    op.execute("UPDATE programme_row SET jp = 1 WHERE jp = 0")
    op.execute("UPDATE live_session SET jp = 1 WHERE jp = 0")
    _allow("jp >= 0", "jp > 0")
    _watch(WATCHED)
    op.drop_column("live_session", "weight")


def _watch(columns: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER roll_live_session ON live_session")
        op.execute(TRIGGER_POSTGRESQL.format(columns=columns))
    else:
        op.execute("DROP TRIGGER roll_live_session_update")
        op.execute(TRIGGER_SQLITE.format(columns=columns))


def _allow(was: str, becomes: str) -> None:
    """SQLite has no way to alter a check but this one, which its manual gives for it: the rows on the disk stay as they
    are, and so do triggers and foreign keys, which a rebuilt table would lose."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.drop_constraint(op.f(f"ck_{table}_jp_positive"), table)
            op.create_check_constraint(op.f(f"ck_{table}_jp_positive"), table, becomes)
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    for table in TABLES:
        op.get_bind().execute(
            sa.text(
                "UPDATE sqlite_schema SET sql = replace(sql, :was, :becomes) WHERE type = 'table' AND name = :name"
            ),
            {"was": f"({was})", "becomes": f"({becomes})", "name": table},
        )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
