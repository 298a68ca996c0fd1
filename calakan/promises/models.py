"""What is noted of the site itself, for the curves on the page of checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base


class Sample(Base):
    """One look at the site. `slot` is its five minutes, so that two beats note it once.

    `counted` are sums since the start of `run`; None where they cannot be known. `asked` is how it stood at that moment.
    """

    __tablename__ = "site_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    run: Mapped[str] = mapped_column(sa.String(32))
    counted: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    asked: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
