"""The beat's own Celery, `celery -A calakan.stack.beat beat`: loads no room, so it takes a third of the memory.

`celery -A celery_worker beat` does the same with the whole application.
"""

from __future__ import annotations

from calakan import background, logs
from config import load

_settings = load()
logs.set_up(_settings)
app = background.doorbell(_settings)
