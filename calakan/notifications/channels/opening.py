"""Which channels the settings name, and opening one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from calakan.notifications.channels.interface import Channel
from calakan.notifications.channels.mail import ConsoleChannel, SmtpChannel
from calakan.notifications.ways import Way
from config import Settings


def configured(settings: Settings) -> dict[Way, Mapping[timedelta, int]]:
    """The ways that work here, with the caps that come with each provider."""
    return {Way.MAIL: {}}


def open_channel(way: Way, settings: Settings) -> Channel:
    """Connections are made when first needed and kept until `close`."""
    if settings.console_mail:
        return ConsoleChannel(settings.mail_from)
    return SmtpChannel(settings.smtp_url, settings.mail_from)
