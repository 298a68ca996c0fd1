"""Several files in one answer to a task, and a rubric"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0128"
down_revision = "0127"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("submission_id", sa.Integer(), sa.ForeignKey("submission.id"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("suffix", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.UniqueConstraint("submission_id", "place"),
    )
    op.create_index("ix_submission_file_sha256", "submission_file", ["sha256"])
    op.execute(
        "INSERT INTO submission_file (submission_id, place, sha256, suffix, size)"
        " SELECT id, 1, sha256, suffix, size FROM submission WHERE sha256 IS NOT NULL"
    )
    for name in ("sha256", "suffix", "size"):
        op.drop_column("submission", name)
    op.add_column("submission", sa.Column("marks", sa.JSON()))
    op.add_column("exercise", sa.Column("rubric", sa.JSON()))


def downgrade() -> None:
    """The first file of each answer is kept."""
    op.drop_column("exercise", "rubric")
    op.drop_column("submission", "marks")
    op.add_column("submission", sa.Column("sha256", sa.String(64)))
    op.add_column("submission", sa.Column("suffix", sa.String(8), nullable=False, server_default=""))
    op.add_column("submission", sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE submission SET"
        " sha256 = (SELECT f.sha256 FROM submission_file f WHERE f.submission_id = submission.id AND f.place = 1),"
        " suffix = (SELECT f.suffix FROM submission_file f WHERE f.submission_id = submission.id AND f.place = 1),"
        " size = (SELECT f.size FROM submission_file f WHERE f.submission_id = submission.id AND f.place = 1)"
        " WHERE id IN (SELECT submission_id FROM submission_file WHERE place = 1)"
    )
    op.drop_table("submission_file")
