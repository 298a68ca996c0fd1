"""A change of a diklat's rolls is found by its transaction: a rush read every note of the evening for each new one.

Revision ID: 0138
Revises: 0137
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0138"
down_revision = "0137"
branch_labels = None
depends_on = None

INDEX = "ix_roll_change_diklat_id"
# A change is noted once. PostgreSQL looks at its own transaction alone: a note of somebody else may be used up by the
# time this one is committed. A conflict would use up a number of the sequence each time, so the note is looked for first.
NOTE = """
CREATE OR REPLACE FUNCTION note_roll_change(changed integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO roll_change (diklat_id, transaction)
  SELECT changed, pg_current_xact_id()::text::bigint
  WHERE changed IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM roll_change WHERE diklat_id = changed AND transaction = pg_current_xact_id()::text::bigint
    )
  ON CONFLICT (diklat_id, transaction) DO NOTHING
$$"""
NOTE_BEFORE = """
CREATE OR REPLACE FUNCTION note_roll_change(changed integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO roll_change (diklat_id)
  SELECT changed
  WHERE changed IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM roll_change WHERE diklat_id = changed AND xmin = pg_current_xact_id()::xid)
$$"""


def upgrade() -> None:
    op.add_column("roll_change", sa.Column("transaction", sa.BigInteger(), nullable=True))
    op.drop_index(INDEX, "roll_change")
    op.create_index(INDEX, "roll_change", ["diklat_id", "transaction"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(NOTE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(NOTE_BEFORE)
    op.drop_index(INDEX, "roll_change")
    op.create_index(INDEX, "roll_change", ["diklat_id"])
    op.drop_column("roll_change", "transaction")
