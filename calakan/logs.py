"""How every process of ours writes its log: lines of text, or one JSON object each."""

from __future__ import annotations

import json
import logging

import config
from calakan.kernel import trace


class Traced(logging.Filter):
    """Says of each line which request or task it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        found = trace.current()
        record.__dict__.update(trace=found, mark=f" [{found.id}]" if found.id else "")
        return True


LINE = "%(asctime)s %(levelname)s %(name)s %(message)s%(mark)s"  # the mark is that of `Traced`


class JsonLines(logging.Formatter):
    """One JSON object a line; a line break in a message cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "timestamp": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        found: trace.Trace = getattr(record, "trace", trace.Trace())
        if found.id:
            facts |= {"request": found.id, "what": found.what}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts, ensure_ascii=False)


def set_up(settings: config.Settings) -> None:
    """Once for each process; whoever has set up logging already keeps it."""
    if logging.getLogger().handlers:
        return
    logging.basicConfig(level=logging.INFO, format=LINE)
    [handler] = logging.getLogger().handlers
    handler.addFilter(Traced())
    if settings.log_format == "json":
        handler.setFormatter(JsonLines())
