"""Asking the providers whether they know us, without sending anything: for the operator at the command line."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException

from calakan.notifications.channels import fonnte, whatsapp
from calakan.notifications.channels.gateway import Answer, Gateway
from calakan.notifications.ways import Way
from config import Settings

SECONDS = 8
# Only these are of use; Telegram then sends nothing else.
UPDATES = ["message", "my_chat_member"]


def probe(settings: Settings) -> dict[Way, str]:
    """What each configured provider says of us; a sentence that begins with NOT asks for a hand."""
    found = {}
    if settings.whatsapp:
        found[Way.WHATSAPP] = f"{settings.whatsapp}: {_said(_whatsapp, settings)}"
    if settings.telegram_token:
        found[Way.TELEGRAM] = _said(_telegram, settings)
    return found


def set_telegram_webhook(settings: Settings, address: str, secret: str) -> str:
    """Tell Telegram where to bring its news, with which secret. Raises OSError, HTTPException."""
    body = {"url": address, "secret_token": secret, "allowed_updates": UPDATES}
    answer = _bot(settings).ask("POST", f"/bot{settings.telegram_token}/setWebhook", body)
    return str(answer.body.get("description") or f"status {answer.status}")


def _said(ask: Callable[[Settings], str], settings: Settings) -> str:
    try:
        return ask(settings)
    except (OSError, HTTPException) as error:
        return f"NOT REACHED ({type(error).__name__})"


def _bot(settings: Settings) -> Gateway:
    return Gateway(settings.telegram_url, [settings.telegram_token], timeout=SECONDS)


def _telegram(settings: Settings) -> str:
    me = _bot(settings).ask("GET", f"/bot{settings.telegram_token}/getMe").body.get("result")
    name = str(me.get("username", "")) if isinstance(me, dict) else ""
    if not name:
        return "NOT KNOWN: the token is refused"
    if name.lower() != settings.telegram_bot.lower():
        return f"NOT THIS BOT: the token is that of @{name}"
    hook = _bot(settings).ask("GET", f"/bot{settings.telegram_token}/getWebhookInfo").body.get("result")
    where = str(hook.get("url", "")) if isinstance(hook, dict) else ""
    ours = where == f"{settings.base_url}/kait/telegram"
    return f"@{name}" + ("" if ours else ", NO WEBHOOK of ours: run `calakan channels telegram`")


def _whatsapp(settings: Settings) -> str:
    token, headers = settings.whatsapp_token, {"Authorization": settings.whatsapp_token}
    if settings.whatsapp == "fonnte":
        answer = Gateway(settings.whatsapp_url or fonnte.URL, [token], headers, SECONDS).ask("POST", "/device")
        connected = answer.body.get("device_status") == "connect"
        return "device connected" if connected else _reason(answer, "reason", "NO DEVICE CONNECTED")
    if settings.whatsapp == "wablas":
        return "settings complete"  # what it offers wants the token in an address
    headers = {"Authorization": f"Bearer {token}"}
    gateway = Gateway(settings.whatsapp_url or whatsapp.URL, [token], headers, SECONDS)
    answer = gateway.ask("GET", f"/{settings.whatsapp_number_id}?fields=display_phone_number")
    number = answer.body.get("display_phone_number")
    return f"number {number}" if number else _reason(answer, "error", "NOT KNOWN")


def _reason(answer: Answer, name: str, otherwise: str) -> str:
    """Without the words of an error that may hold the token."""
    told = answer.body.get(name)
    code = told.get("code", "") if isinstance(told, dict) else told or ""
    return f"{otherwise} (status {answer.status} {str(code)[:60]})".replace(" )", ")")
