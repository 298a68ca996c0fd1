"""Rolls of who came how far in a diklat, and the triggers that note each change of what they are made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

# table -> the diklat of a row, and the columns whose change counts
WATCHED = {
    "enrolment": ("{row}.diklat_id", "state, diklat_id, person_id"),
    "presence": (
        "(SELECT diklat_id FROM live_session WHERE id = {row}.live_session_id)",
        "present, live_session_id, person_id",
    ),
    "live_session": ("{row}.diklat_id", "state, jp, diklat_id"),
    "certificate": ("{row}.diklat_id", "state, status, role, diklat_id, person_id"),
    "diklat": ("{row}.id", "min_attendance_percent"),
}
GROUPS = ["kecamatan_code", "school_id", "jabatan", "jenjang", "employment", "sex"]
# A change is noted once. PostgreSQL looks at its own transaction alone: a note of somebody else may be used up by the
# time this one is committed.
NOTE_POSTGRESQL = """
CREATE FUNCTION note_roll_change(changed integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO roll_change (diklat_id)
  SELECT changed
  WHERE changed IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM roll_change WHERE diklat_id = changed AND xmin = pg_current_xact_id()::xid)
$$"""
FUNCTION_POSTGRESQL = """
CREATE FUNCTION roll_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM note_roll_change({old}); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM note_roll_change({new}); END IF;
  RETURN NULL;
END $$"""
TRIGGER_POSTGRESQL = """
CREATE TRIGGER roll_{table} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION roll_{table}()"""
TRIGGER_SQLITE = """
CREATE TRIGGER roll_{table}_{name} AFTER {event} ON {table} BEGIN
  INSERT INTO roll_change (diklat_id)
  SELECT changed.id FROM ({changed}) AS changed
  WHERE changed.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM roll_change WHERE diklat_id = changed.id);
END"""


def upgrade() -> None:
    op.create_table(
        "roll",
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_roll_diklat_id")),
        sa.PrimaryKeyConstraint("diklat_id", "stage", name=op.f("pk_roll")),
    )
    op.create_table(
        "roll_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_change")),
    )
    op.create_index("ix_roll_change_diklat_id", "roll_change", ["diklat_id"])
    # Counting reads rolls now, and what people are grouped by.
    op.drop_index("ix_enrolment_reach", "enrolment")
    op.create_index("ix_person_groups", "person", GROUPS)
    if op.get_bind().dialect.name == "postgresql":
        _watch_postgresql()
    else:
        _watch_sqlite()


def _watch_postgresql() -> None:
    op.execute(NOTE_POSTGRESQL)
    for table, (diklat, columns) in WATCHED.items():
        op.execute(FUNCTION_POSTGRESQL.format(table=table, old=diklat.format(row="OLD"), new=diklat.format(row="NEW")))
        op.execute(TRIGGER_POSTGRESQL.format(table=table, columns=columns))


def _watch_sqlite() -> None:
    for table, (diklat, columns) in WATCHED.items():
        old, new = f"SELECT {diklat.format(row='OLD')} AS id", f"SELECT {diklat.format(row='NEW')} AS id"
        for name, event, changed in (
            ("insert", "INSERT", new),
            ("update", f"UPDATE OF {columns}", f"{old} UNION {new}"),
            ("delete", "DELETE", old),
        ):
            op.execute(TRIGGER_SQLITE.format(table=table, name=name, event=event, changed=changed))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in WATCHED:
            op.execute(f"DROP TRIGGER roll_{table} ON {table}")
            op.execute(f"DROP FUNCTION roll_{table}()")
        op.execute("DROP FUNCTION note_roll_change(integer)")
    else:
        for table in WATCHED:
            for name in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS roll_{table}_{name}")
    op.drop_index("ix_person_groups", "person")
    op.create_index("ix_enrolment_reach", "enrolment", ["state", "person_id", "diklat_id"])
    op.drop_index("ix_roll_change_diklat_id", "roll_change")
    op.drop_table("roll_change")
    op.drop_table("roll")
