"""Other channels than mail: where people agreed to be written to, what they want there, and what providers answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proof_hash", sa.String(length=64), nullable=False),
        sa.Column("proof_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_channel_address_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_address")),
        sa.UniqueConstraint("person_id", "channel", name=op.f("uq_channel_address_person_id_channel")),
    )
    op.create_index("ix_channel_address_channel_address", "channel_address", ["channel", "address"])
    op.create_index(op.f("ix_channel_address_proof_hash"), "channel_address", ["proof_hash"])
    _messages()
    with op.batch_alter_table("muted_topic") as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=40), server_default="mail", nullable=False))
        batch_op.drop_constraint("pk_muted_topic", type_="primary")
        batch_op.create_primary_key("pk_muted_topic", ["person_id", "topic", "channel"])
    op.add_column("relay_turn", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("relay_turn", sa.Column("trouble", sa.String(length=300), server_default="", nullable=False))


def _messages() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column("channel", existing_type=sa.String(length=20), type_=sa.String(length=40))
        batch_op.add_column(sa.Column("provider_id", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_message_provider_id"), "message", ["provider_id"])
    # How a mail was handed over in development is no longer a channel of its own.
    op.execute("UPDATE message SET channel = 'mail' WHERE channel = 'console'")


def downgrade() -> None:
    op.drop_column("relay_turn", "trouble")
    op.drop_column("relay_turn", "rests_until")
    op.execute("DELETE FROM muted_topic WHERE channel <> 'mail'")
    with op.batch_alter_table("muted_topic") as batch_op:
        batch_op.drop_constraint("pk_muted_topic", type_="primary")
        batch_op.create_primary_key("pk_muted_topic", ["person_id", "topic"])
        batch_op.drop_column("channel")
    op.drop_index(op.f("ix_message_provider_id"), table_name="message")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("read_at")
        batch_op.drop_column("delivered_at")
        batch_op.drop_column("provider_id")
        batch_op.alter_column("channel", existing_type=sa.String(length=40), type_=sa.String(length=20))
    op.drop_table("channel_address")
