"""A text for a group is ticked as sent: by whom, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("share_link") as table:
        table.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("sent_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_share_link_sent_by_id_person", "person", ["sent_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("share_link") as table:
        table.drop_constraint("fk_share_link_sent_by_id_person", type_="foreignkey")
        table.drop_column("sent_by_id")
        table.drop_column("sent_at")
