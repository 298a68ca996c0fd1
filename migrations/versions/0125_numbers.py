"""Accounts that are opened by a WhatsApp number, and may have no e-mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0125"
down_revision = "0124"
branch_labels = None
depends_on = None

_MUST, _MAY = "email VARCHAR(254) NOT NULL", "email VARCHAR(254)"


def upgrade() -> None:
    op.add_column("person", sa.Column("number", sa.String(16), nullable=True))
    op.create_index("uq_person_number", "person", ["number"], unique=True)
    _allow(_MUST, _MAY, nullable=True)
    _rename("email", "address")


def downgrade() -> None:
    _rename("address", "email")
    # Whoever has a number alone could not come in any more: his account waits under an address that takes no mail.
    op.execute("UPDATE person SET email = lower(code) || '@nomor.invalid' WHERE email IS NULL")
    _allow(f"{_MAY},", f"{_MUST},", nullable=False)
    op.drop_index("uq_person_number", "person")
    op.drop_column("person", "number")


def _rename(was: str, becomes: str) -> None:
    op.drop_index(f"ix_mail_code_{was}", "mail_code")
    op.execute(f"ALTER TABLE mail_code RENAME COLUMN {was} TO {becomes}")
    op.create_index(f"ix_mail_code_{becomes}", "mail_code", [becomes])


def _allow(was: str, becomes: str, *, nullable: bool) -> None:
    """On SQLite as in 0093: the rows stay as they are on the disk, and so do triggers and foreign keys."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("person", "email", nullable=nullable)
        return
    bind = op.get_bind()
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    changed = sa.text(
        "UPDATE sqlite_schema SET sql = replace(sql, :was, :becomes) WHERE type = 'table' AND name = 'person'"
    )
    # A blank before it: the second e-mail is another column.
    bind.execute(changed, {"was": f"\t{was}", "becomes": f"\t{becomes}"})
    bind.execute(changed, {"was": f" {was}", "becomes": f" {becomes}"})
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
