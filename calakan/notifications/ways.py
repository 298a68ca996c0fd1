"""By which ways messages leave: mail always, others where the operator has set them up and the person agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from calakan.kernel.askable import Askable


class Way(Askable):
    """What the column `channel` says."""

    MAIL = "mail"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    PUSH = "push"


# The code that proves a number is written to it before it is confirmed; a trial goes by the one way that is tried.
PROOF, TRIAL = "notifications.proof", "notifications.trial"
_usual_caps: dict[Way, Mapping[timedelta, int]] = {Way.MAIL: {}}


def connect(usual_caps: Mapping[Way, Mapping[timedelta, int]]) -> None:
    """The ways that work here, each with the caps of its provider; called once, from `calakan.app`."""
    _usual_caps.clear()
    _usual_caps.update(usual_caps)


def configured() -> list[Way]:
    """Mail first: whoever works for several ways serves it before the others."""
    return [way for way in Way if way in _usual_caps]


def others() -> list[Way]:
    return [way for way in configured() if way is not Way.MAIL]


def usual_caps(way: Way) -> Mapping[timedelta, int]:
    """What the provider lets through, or what is wise with it, where the office sets no cap of its own."""
    return _usual_caps.get(way, {})
