"""The trail is chained; an erasure takes words out of it, and nothing else changes anything of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

SAID = "the trail is only ever added to"
# What an erasure does: `{same}` compares as this database does where nothing may stand.
ENTRY = """
NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.actor_id {same} OLD.actor_id AND NEW.act = OLD.act
AND NEW.subject_kind = OLD.subject_kind AND NEW.subject_id {same} OLD.subject_id
AND NEW.actor_name IN (OLD.actor_name, 'Data dihapus') AND NEW.subject_name IN (OLD.subject_name, 'Data dihapus')
AND CAST(NEW.facts AS TEXT) IN (CAST(OLD.facts AS TEXT), '{{}}')
AND NOT EXISTS (SELECT 1 FROM trail_link WHERE entry_id = OLD.id AND salt IS NOT NULL)"""
LINK = """
NEW.position = OLD.position AND NEW.entry_id = OLD.entry_id AND NEW.words = OLD.words AND NEW.hash = OLD.hash
AND NEW.salt IS NULL
AND EXISTS (SELECT 1 FROM person WHERE id = NEW.erased_id AND email LIKE '%@dihapus.invalid')"""
TABLES = {"audit_entry": ENTRY, "trail_link": LINK, "trail_head": "1 = 0"}
KEYS = {"audit_entry": "id", "trail_link": "position", "trail_head": "day"}

FUNCTION = """
CREATE FUNCTION TABLE_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM person) THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' THEN IF ERASING THEN RETURN NEW; END IF; END IF;
  RAISE EXCEPTION 'SAID' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
OLD_SQLITE = {
    "trail_no_update": "BEFORE UPDATE ON audit_entry",
    "trail_no_delete": "BEFORE DELETE ON audit_entry WHEN EXISTS (SELECT 1 FROM person)",
    "trail_no_replace": "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)",
}


def upgrade() -> None:
    op.create_table(
        "trail_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=True),
        sa.Column("words", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("erased_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["erased_id"], ["person.id"], name="fk_trail_link_erased_id"),
        sa.PrimaryKeyConstraint("position", name="pk_trail_link"),
        sa.UniqueConstraint("entry_id", name="uq_trail_link_entry_id"),
    )
    op.create_table(
        "trail_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("proof", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_trail_head"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()


def _on_postgresql() -> None:
    op.execute("DROP TRIGGER trail_no_change ON audit_entry")
    op.execute("DROP TRIGGER trail_no_truncate ON audit_entry")
    for table, erasing in TABLES.items():
        erased = erasing.format(same="IS NOT DISTINCT FROM")
        op.execute(FUNCTION.replace("TABLE", table).replace("ERASING", erased).replace("SAID", SAID))
        for name, when in (("change", "UPDATE OR DELETE ON {} FOR EACH ROW"), ("truncate", "TRUNCATE ON {}")):
            op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {when.format(table)} EXECUTE FUNCTION {table}_stays()")


def _on_sqlite() -> None:
    for name in OLD_SQLITE:
        op.execute(f"DROP TRIGGER {name}")
    for table, erasing in TABLES.items():
        key = KEYS[table]
        # An office without people is being restored into; INSERT OR REPLACE takes a row away without a DELETE.
        for name, when in (
            ("update", f"UPDATE ON {table} WHEN NOT coalesce({erasing.format(same='IS')}, 0)"),
            ("delete", f"DELETE ON {table} WHEN EXISTS (SELECT 1 FROM person)"),  # noqa: S608  # names of ours
            ("replace", f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"),  # noqa: S608  # names of ours
        ):
            op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        for name in ("change", "truncate") if postgresql else ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {table}_stays()")
    op.drop_table("trail_head")
    op.drop_table("trail_link")
    if postgresql:
        op.execute(
            "CREATE TRIGGER trail_no_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW "
            "EXECUTE FUNCTION trail_stays()"
        )
        op.execute(
            "CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT "
            "EXECUTE FUNCTION trail_stays()"
        )
        return
    for name, when in OLD_SQLITE.items():
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
