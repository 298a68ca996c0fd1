"""Codes and links that prove an address by a mail; a letter may be for an address that has no account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted", sa.String(length=40), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_code")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_mail_code_browser_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_mail_code_link_hash")),
    )
    for column in ("email", "person_id", "expires_at"):
        op.create_index(op.f(f"ix_mail_code_{column}"), "mail_code", [column])
    for table in ("message", "bounce"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
    op.create_index(op.f("ix_message_address"), "message", ["address"])


def downgrade() -> None:
    op.drop_index(op.f("ix_message_address"), "message")
    op.execute("DELETE FROM bounce WHERE message_id IN (SELECT id FROM message WHERE person_id IS NULL)")
    op.execute("DELETE FROM message WHERE person_id IS NULL")
    for table in ("bounce", "message"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("mail_code")
