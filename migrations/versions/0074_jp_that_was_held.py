"""What a row of the programme is shown by, and which JP a certificate states; called-off sessions leave the JP."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

# What a diklat announces from now on: without rows whose sessions were all called off.
STANDING = """
UPDATE diklat SET jp = COALESCE((
  SELECT SUM(r.jp) FROM programme_row r
  WHERE r.diklat_id = diklat.id AND (
    NOT EXISTS (SELECT 1 FROM live_session s WHERE s.row_id = r.id)
    OR EXISTS (SELECT 1 FROM live_session s WHERE s.row_id = r.id AND s.state = 'planned'))), 0)"""
WRITTEN = """
UPDATE diklat SET jp = COALESCE((SELECT SUM(r.jp) FROM programme_row r WHERE r.diklat_id = diklat.id), 0)"""
# Until now every compulsory task and the test at the end were asked of all; they show the first row done at home.
FIRST_ROW = """
(SELECT r.id FROM programme_row r WHERE r.diklat_id = {table}.diklat_id AND NOT r.live
 ORDER BY r.position, r.id LIMIT 1)"""
ATTACH = """
INSERT INTO row_proof (row_id, {column})
SELECT {row}, {table}.id FROM {table}
WHERE {table}.withdrawn_at IS NULL AND {wanted} AND {row} IS NOT NULL"""


def upgrade() -> None:
    op.add_column("diklat", sa.Column("jp_rule", sa.String(length=40), nullable=False, server_default="held"))
    op.create_table(
        "row_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("exercise_id", sa.Integer(), nullable=True),
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(exercise_id IS NULL) <> (exam_id IS NULL)", name=op.f("ck_row_proof_one_of_both")),
        sa.ForeignKeyConstraint(["row_id"], ["programme_row.id"], name=op.f("fk_row_proof_row_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["exercise_id"], ["exercise.id"], name=op.f("fk_row_proof_exercise_id")),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_row_proof_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_proof")),
        sa.UniqueConstraint("exercise_id", name=op.f("uq_row_proof_exercise_id")),
        sa.UniqueConstraint("exam_id", name=op.f("uq_row_proof_exam_id")),
    )
    op.create_index(op.f("ix_row_proof_row_id"), "row_proof", ["row_id"])
    op.execute(STANDING)
    for table, column, wanted in (
        ("exercise", "exercise_id", "exercise.compulsory"),
        ("exam", "exam_id", "exam.pass_score IS NOT NULL"),
    ):
        op.execute(ATTACH.format(table=table, column=column, wanted=wanted, row=FIRST_ROW.format(table=table)))


def downgrade() -> None:
    op.execute(WRITTEN)
    op.drop_table("row_proof")
    op.drop_column("diklat", "jp_rule")
