"""A day on which letters leave, and a gateway that answers as its provider documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from config import Settings
from tests.numbers.acting import connected
from tests.servers import gateways
from tests.servers.gateways import TOKEN, Provider

# On a weekday in office hours: letters of a round do not leave at night.
NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def gateway() -> Iterator[Provider]:
    with gateways.provider(gateways.cloud) as service:
        yield service


@pytest.fixture
def settings(app: Flask, gateway: Provider) -> Iterator[Settings]:
    before = app.extensions["calakan.settings"]
    yield from connected(
        app,
        replace(
            before,
            whatsapp="cloud",
            whatsapp_token=TOKEN,
            whatsapp_url=gateway.url,
            whatsapp_number_id="1099",
            whatsapp_template="umum",
            whatsapp_code_template="kode",
        ),
    )
