"""Two people, and a day on which letters leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
import time_machine
from flask import Flask

from calakan.kernel import clock
from calakan.notifications import devices, ways
from calakan.notifications.channels import opening
from calakan.notifications.ways import Way
from tests import factories


@pytest.fixture
def by_day(app: Flask) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.WHATSAPP: {}, Way.TELEGRAM: {}, Way.PUSH: {}})
    devices.connect("fcm.googleapis.com *.push.apple.com")
    with time_machine.travel(clock.instant(clock.today(), time(10)), tick=False):
        yield
    ways.connect(opening.configured(app.extensions["calakan.settings"]))
    devices.connect("none")


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    return factories.person("Ani").id, factories.person("Budi").id
