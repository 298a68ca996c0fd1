"""How every process of ours writes its log: lines of text, or one JSON object each."""

from __future__ import annotations

import json
import logging

import config


class JsonLines(logging.Formatter):
    """One JSON object a line; a line break in a message cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "timestamp": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts, ensure_ascii=False)


def set_up(settings: config.Settings) -> None:
    """Once for each process; whoever has set up logging already keeps it."""
    if logging.getLogger().handlers:
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if settings.log_format == "json":
        logging.getLogger().handlers[0].setFormatter(JsonLines())
