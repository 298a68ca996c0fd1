"""Questions may be about a reading: whoever passes them has finished it."""

from __future__ import annotations

from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # See 0099: both databases take a column with its key so.
    op.execute(
        "ALTER TABLE exam ADD COLUMN material_id INTEGER CONSTRAINT fk_exam_material_id REFERENCES material (id)"
    )


def downgrade() -> None:
    op.drop_column("exam", "material_id")
