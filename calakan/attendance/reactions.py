"""What this room does when a diklat changes its rule of presence: it decides anew."""

from __future__ import annotations

from calakan.attendance import evidence
from calakan.diklat.events import PresenceRuleChanged


def on_rule_changed(event: PresenceRuleChanged) -> None:
    evidence.derive_diklat(event.diklat_id, now=event.now)
