"""Surat keterangan have a register of their own; what was issued keeps its number and its place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("certificate_register", "number_reserve"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="sertifikat"))
    with op.batch_alter_table("certificate_register") as batch:
        batch.alter_column("kind", server_default=None)
        batch.drop_constraint("uq_certificate_register_year", type_="unique")
        batch.create_unique_constraint("uq_certificate_register_kind_year", ["kind", "year"])
    with op.batch_alter_table("number_reserve") as batch:
        batch.alter_column("kind", server_default=None)
    with op.batch_alter_table("certificate") as batch:
        batch.add_column(sa.Column("register", sa.String(length=40), nullable=False, server_default="sertifikat"))
    with op.batch_alter_table("certificate") as batch:
        batch.alter_column("register", server_default=None)
        batch.drop_constraint("uq_certificate_year_serial_revision", type_="unique")
        batch.create_unique_constraint(
            "uq_certificate_register_year_serial_revision", ["register", "year", "serial", "revision"]
        )
    op.execute("UPDATE certificate SET register = 'keterangan' WHERE role = 'hadir' AND number IS NULL")


def downgrade() -> None:
    """Surat keterangan keep their numbers; only their place in a register, which would be another's, is given up."""
    op.execute("UPDATE certificate SET year = NULL, serial = NULL WHERE register = 'keterangan'")
    op.execute("DELETE FROM certificate_register WHERE kind = 'keterangan'")
    op.execute("DELETE FROM number_reserve WHERE kind = 'keterangan'")
    with op.batch_alter_table("certificate") as batch:
        batch.drop_constraint("uq_certificate_register_year_serial_revision", type_="unique")
        batch.create_unique_constraint("uq_certificate_year_serial_revision", ["year", "serial", "revision"])
        batch.drop_column("register")
    with op.batch_alter_table("number_reserve") as batch:
        batch.drop_column("kind")
    with op.batch_alter_table("certificate_register") as batch:
        batch.drop_constraint("uq_certificate_register_kind_year", type_="unique")
        batch.create_unique_constraint("uq_certificate_register_year", ["year"])
        batch.drop_column("kind")
