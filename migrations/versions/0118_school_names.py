"""Other names of schools, and schools that were merged into another"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

# As `people/data/ejaan.csv` read when this was written: two spellings of a place have one key.
SPELLINGS = (("baturr", "batur"), ("kedung banteng", "kedungbanteng"))


def upgrade() -> None:
    op.create_table(
        "school_alias",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("school_id", sa.Integer(), sa.ForeignKey("school.id"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("school_id", "key"),
    )
    op.create_index("ix_school_alias_key", "school_alias", ["key"])
    # In one statement, so that SQLite does not make the table anew.
    op.execute(
        "ALTER TABLE school ADD COLUMN merged_into_id INTEGER CONSTRAINT fk_school_merged_into_id REFERENCES school (id)"
    )
    school = sa.table("school", sa.column("search_key"))
    for written, read in SPELLINGS:
        op.execute(school.update().values(search_key=sa.func.replace(school.c.search_key, written, read)))


def downgrade() -> None:
    op.drop_column("school", "merged_into_id")
    op.drop_table("school_alias")
