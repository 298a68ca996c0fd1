"""Designs of certificates with their versions, and which one a diklat uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "design",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("background_sha256", sa.String(length=64), nullable=True),
        sa.Column("default_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design")),
    )
    op.create_table(
        "design_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("background_sha256", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["design_id"], ["design.id"], name=op.f("fk_design_version_design_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_design_version_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_version")),
        sa.UniqueConstraint("design_id", "number", name=op.f("uq_design_version_design_id_number")),
    )
    op.create_table(
        "diklat_design",
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["design_id"], ["design.id"], name=op.f("fk_diklat_design_design_id")),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_diklat_design_diklat_id")),
        sa.PrimaryKeyConstraint("diklat_id", name=op.f("pk_diklat_design")),
    )
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("design_version_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_certificate_design_version_id"), "design_version", ["design_version_id"], ["id"]
        )
        table.create_index(op.f("ix_certificate_design_version_id"), ["design_version_id"])


def downgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.drop_index(op.f("ix_certificate_design_version_id"))
        table.drop_constraint(op.f("fk_certificate_design_version_id"), type_="foreignkey")
        table.drop_column("design_version_id")
    op.drop_table("diklat_design")
    op.drop_table("design_version")
    op.drop_table("design")
