"""What is on the trail stays as it was written: no row of it is changed or taken away."""

from __future__ import annotations

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

# An office without people is being restored into; nothing has happened in it yet.
SQLITE = {
    "trail_no_update": "BEFORE UPDATE ON audit_entry",
    "trail_no_delete": "BEFORE DELETE ON audit_entry WHEN EXISTS (SELECT 1 FROM person)",
    # INSERT OR REPLACE takes the older row away without a DELETE.
    "trail_no_replace": "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)",
}
FUNCTION = """
CREATE FUNCTION trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM person) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the trail is only ever added to' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
POSTGRESQL = {
    "trail_no_change": "BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW",
    "trail_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        for name, when in POSTGRESQL.items():
            op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION trail_stays()")
        return
    for name, when in SQLITE.items():
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'the trail is only ever added to'); END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in POSTGRESQL:
            op.execute(f"DROP TRIGGER {name} ON audit_entry")
        op.execute("DROP FUNCTION trail_stays()")
        return
    for name in SQLITE:
        op.execute(f"DROP TRIGGER {name}")
