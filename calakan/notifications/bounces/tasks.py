"""The door of the beat: visit the mailbox of returned letters."""

from __future__ import annotations

import logging

from calakan.kernel import clock, db
from calakan.notifications.bounces import services
from calakan.notifications.bounces.mailbox import MailboxAwayError, open_mailbox
from calakan.notifications.bounces.reports import from_mail
from config import Settings

log = logging.getLogger(__name__)


def read_mailbox(settings: Settings) -> int:
    """Keep what came back; returns how many letters were new. Two visits at once find the same and keep it once."""
    if not settings.bounce_imap_url:
        return 0
    kept = 0
    try:
        with open_mailbox(settings.bounce_imap_url) as mailbox:
            for number, raw in mailbox.unread():
                report = from_mail(raw)
                if report is not None:
                    with db.transaction():
                        kept += services.record([report], now=clock.now())
                mailbox.done(number)
    except MailboxAwayError as error:
        log.warning("the mailbox of returned letters: %s", error)
    return kept
