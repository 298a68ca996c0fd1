"""In a rush many wait for one row. Whoever's turn comes is not refused because others came before him."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from calakan.kernel import db

PATIENCE = 60
WAITS = """SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%pg_advisory_xact_lock(47)%' AND now() - query_start > interval '4 seconds'"""
TAKE = sa.text("SELECT pg_advisory_xact_lock(47)")


def beside_a_holder(engine: sa.Engine) -> OperationalError | None:
    """What somebody meets who asks for what another one holds until he has waited for four seconds."""
    failed: list[OperationalError] = []

    def another() -> None:
        try:
            with engine.begin() as connection:
                connection.execute(TAKE)
        except OperationalError as error:
            failed.append(error)

    thread = threading.Thread(target=another)
    with engine.begin() as holder, engine.connect() as looking:
        holder.execute(TAKE)
        thread.start()
        deadline = time.monotonic() + PATIENCE
        while thread.is_alive() and not looking.scalar(sa.text(WAITS)) and time.monotonic() < deadline:
            looking.rollback()
            time.sleep(0.05)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return failed[0] if failed else None


def test_whoever_waits_for_his_turn_is_not_refused(app: Flask) -> None:
    if db.engine().dialect.name != "postgresql":
        pytest.skip("SQLite has one line for all that is written")
    url = app.extensions["calakan.settings"].database_url
    patient = sa.create_engine(url, **db.engine_options(url))  # as a site has it; the tests' own is more patient
    hasty = sa.create_engine(url, connect_args={"options": "-c lock_timeout=1000"})
    try:
        assert beside_a_holder(patient) is None
        assert "lock timeout" in str(beside_a_holder(hasty)), "the control"
    finally:
        patient.dispose()
        hasty.dispose()
