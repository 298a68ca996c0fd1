"""Which channels the settings name, and opening one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from calakan.notifications.channels import fonnte, telegram, wablas, webpush, whatsapp
from calakan.notifications.channels.interface import Channel
from calakan.notifications.channels.mail import ConsoleChannel, SmtpChannel
from calakan.notifications.channels.vapid import Sender
from calakan.notifications.ways import Way
from config import Settings

if TYPE_CHECKING:
    from calakan.notifications.channels.dkim import Signer

_WHATSAPP_CAPS = {"cloud": whatsapp.USUAL_CAPS, "fonnte": fonnte.USUAL_CAPS, "wablas": wablas.USUAL_CAPS}


def configured(settings: Settings) -> dict[Way, Mapping[timedelta, int]]:
    """The ways that work here, with the caps that come with each provider."""
    found: dict[Way, Mapping[timedelta, int]] = {Way.MAIL: {}}
    if settings.whatsapp:
        found[Way.WHATSAPP] = _WHATSAPP_CAPS[settings.whatsapp]
    if settings.telegram_token:
        found[Way.TELEGRAM] = telegram.USUAL_CAPS
    if settings.push_hosts:
        found[Way.PUSH] = {}
    return found


def open_channel(way: Way, settings: Settings) -> Channel:
    """Connections are made when first needed and kept until `close`."""
    if way is Way.TELEGRAM:
        return telegram.TelegramChannel(settings.telegram_url, settings.telegram_token)
    if way is Way.WHATSAPP:
        return _whatsapp(settings)
    if way is Way.PUSH:
        return webpush.WebPushChannel(push_sender(settings))
    if settings.console_mail:
        return ConsoleChannel(settings.mail_from)
    return SmtpChannel(
        settings.smtp_url, settings.mail_from, returns_to=settings.bounce_address, signer=_signer(settings)
    )


def _signer(settings: Settings) -> Signer | None:
    if not settings.dkim_key:
        return None
    from calakan.notifications.channels.dkim import signer_of  # late: heavy

    return signer_of(
        Path(settings.dkim_key), settings.dkim_selector, parseaddr(settings.mail_from)[1].rpartition("@")[2]
    )


def _whatsapp(settings: Settings) -> Channel:
    token = settings.whatsapp_token
    if settings.whatsapp == "wablas":
        return wablas.WablasChannel(token, url=settings.whatsapp_url)
    if settings.whatsapp == "fonnte":
        return fonnte.FonnteChannel(token, url=settings.whatsapp_url or fonnte.URL)
    return whatsapp.CloudChannel(
        token,
        settings.whatsapp_number_id,
        template=settings.whatsapp_template,
        code_template=settings.whatsapp_code_template,
        url=settings.whatsapp_url or whatsapp.URL,
    )


def push_sender(settings: Settings) -> Sender:
    return Sender(settings.keys_dir, contact=parseaddr(settings.mail_from)[1])
