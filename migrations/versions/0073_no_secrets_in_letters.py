"""What letters kept of one-time secrets is taken out of their rows."""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

KINDS = (
    "people.confirm_email",
    "people.reset_password",
    "notifications.proof",
    "narasumber.invited",
    "narasumber.confirmed",
)


def upgrade() -> None:
    connection = op.get_bind()
    message = sa.table("message", sa.column("id"), sa.column("kind"), sa.column("facts", sa.JSON), sa.column("body"))
    rows = connection.execute(sa.select(message).where(message.c.kind.in_(KINDS))).all()
    for row in rows:
        facts = row.facts if isinstance(row.facts, dict) else json.loads(row.facts or "{}")
        secret = str(facts.pop("secret", ""))
        body = row.body.replace(secret, "••••••••") if secret else row.body
        body = re.sub(r"(/(?:akun/konfirmasi|akun/sandi-baru|relawan/tawaran)/)\S+", r"\1••••••••", body)
        connection.execute(sa.update(message).where(message.c.id == row.id).values(facts=facts, body=body))


def downgrade() -> None:
    """What was forgotten stays forgotten."""
