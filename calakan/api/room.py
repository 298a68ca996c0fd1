"""The doors of programs."""

from __future__ import annotations

from calakan.api import errors, tasks
from calakan.api.beats import BEATS
from calakan.api.docs import blueprint as docs
from calakan.api.routes import blueprint as routes
from calakan.api.words import WORDS
from calakan.room import Room

ROOM = Room(
    blueprints=[routes, docs],
    work={
        "api.forget_replies": tasks.forget_replies,
    },
    beats=BEATS,
    words=WORDS,
    conflicts={
        "uq_api_reply_token_hash_key": errors.KeyInUse,
    },
)
