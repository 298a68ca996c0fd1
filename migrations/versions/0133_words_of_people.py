"""People are found by words of their names and addresses, a row each.

Revision ID: 0133
Revises: 0132
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from calakan.kernel.text import search_key

revision = "0133"
down_revision = "0132"
branch_labels = None
depends_on = None

_WORD = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")


def upgrade() -> None:
    words = op.create_table(
        "person_word",
        sa.Column("word", _WORD, primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    )
    bind = op.get_bind()
    people = bind.execute(sa.text("SELECT id, name_key, email FROM person ORDER BY id")).all()
    for at in range(0, len(people), 2_000):
        rows = [
            {"word": word, "person_id": id}
            for id, key, email in people[at : at + 2_000]
            for word in sorted(_words(key, email))
        ]
        if rows:  # without any, a row of nothing would be written
            bind.execute(sa.insert(words), rows)
    op.create_index("ix_person_word_person_id", "person_word", ["person_id"])


def downgrade() -> None:
    op.drop_table("person_word")


def _words(key: str, email: str | None) -> set[str]:
    found = set(key.split())
    if email:
        mailbox, _, domain = email.partition("@")
        found |= {email, domain, *search_key(re.sub(r"[._]", " ", mailbox)).split()}
    return found - {""}
