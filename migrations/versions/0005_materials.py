"""What is handed out around a diklat, in versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_material_diklat_id")),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_material_live_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("code", name=op.f("uq_material_code")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_diklat_id"), ["diklat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_live_session_id"), ["live_session_id"], unique=False)

    op.create_table(
        "material_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("suffix", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("note", sa.String(length=160), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(sha256 IS NULL) <> (url IS NULL)", name=op.f("ck_material_version_file_or_link")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_material_version_added_by_id")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_version_material_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_version")),
        sa.UniqueConstraint("material_id", "number", name=op.f("uq_material_version_material_id_number")),
    )


def downgrade() -> None:
    op.drop_table("material_version")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_live_session_id"))
        batch_op.drop_index(batch_op.f("ix_material_diklat_id"))

    op.drop_table("material")
