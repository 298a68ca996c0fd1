"""Whoever had a place in the stream is decided anew: where minutes count, the click and the code do instead."""

from __future__ import annotations

from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None

ASKED = """
INSERT INTO recount (live_session_id, asked_at)
SELECT evidence.live_session_id, MAX(evidence.at)
FROM evidence
JOIN live_session ON live_session.id = evidence.live_session_id
JOIN diklat ON diklat.id = live_session.diklat_id
WHERE evidence.kind = 'join' AND evidence.source = 'siaran' AND evidence.withdrawn_at IS NULL
  AND diklat.presence_rule = 'menit' AND diklat.state = 'published'
  AND NOT EXISTS (SELECT 1 FROM recount WHERE recount.live_session_id = evidence.live_session_id)
GROUP BY evidence.live_session_id"""


def upgrade() -> None:
    op.execute(ASKED)


def downgrade() -> None:
    """Decisions stay as they were made."""
