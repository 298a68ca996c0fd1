"""The addresses that providers call. Whoever cannot show the secret of that provider finds nothing here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from calakan.kernel import clock, db
from calakan.notifications.ways import Way
from calakan.notifications.webhooks import keys, news, services
from calakan.notifications.webhooks.news import News
from calakan.people.services import numbers
from calakan.web.limits import limiter
from config import Settings

blueprint = Blueprint("api_providers", __name__)
MOST_BYTES = 256 * 1024
STARTED = "Telegram terhubung. Pesan tentang diklat Bapak/Ibu sampai di sini. Kirim /stop untuk berhenti."
NOT_STARTED = "Tautan ini sudah tidak berlaku. Buka lagi Atur pesan di situs kami."
STOPPED = "Baik, kami tidak lagi mengirim pesan ke sini. Pesan tetap dikirim lewat email."


def _settings() -> Settings:
    found: Settings = current_app.extensions["calakan.settings"]
    return found


def _small() -> None:
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)


def _done() -> Response:
    return Response("OK", mimetype="text/plain")


@blueprint.get("/kait/whatsapp")
@limiter.limit("60 per minute")
def whatsapp_check() -> Response:
    """Meta asks once whether this address is ours, and wants its challenge back."""
    settings, args = _settings(), request.args
    challenge = args.get("hub.challenge", "")
    ours = settings.whatsapp == "cloud" and keys.is_secret(settings, "cloud", args.get("hub.verify_token", ""))
    if not ours or args.get("hub.mode") != "subscribe" or not (challenge.isascii() and challenge.isalnum()):
        abort(404)
    return Response(challenge[:100], mimetype="text/plain")


@blueprint.post("/kait/whatsapp")
def whatsapp() -> Response:
    settings = _settings()
    _small()
    signed = keys.is_signed(settings, request.get_data(), request.headers.get("X-Hub-Signature-256", ""))
    if settings.whatsapp != "cloud" or not signed:
        abort(404)
    told = news.of_cloud(request.get_json(silent=True, force=True), clock.now())
    return _take(told)


def _take(told: News) -> Response:
    """Whoever writes STOP is sent no code either: his number lets in no more, where an e-mail does."""
    now = clock.now()
    with db.transaction():
        done = services.take(Way.WHATSAPP, told, now=now)
        for address, _ in (*done.stops, *done.blocked):
            numbers.stopped(address, now=now)
    return _done()


@blueprint.post("/kait/telegram")
def telegram() -> Response:
    settings = _settings()
    _small()
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not settings.telegram_token or not keys.is_secret(settings, "telegram", given):
        abort(404)
    told = news.of_telegram(request.get_json(silent=True, force=True), clock.now())
    with db.transaction():
        done = services.take(Way.TELEGRAM, told, now=clock.now())
    return _reply(told, done)


def _reply(told: News, done: News) -> Response:
    """Telegram carries out the method in the answer, so a reply needs no request of ours."""
    for _, chat in told.starts:
        text = STARTED if done.starts else NOT_STARTED
        return jsonify({"method": "sendMessage", "chat_id": chat, "text": text})
    for chat, _ in done.stops:
        return jsonify({"method": "sendMessage", "chat_id": chat, "text": STOPPED})
    return _done()


@blueprint.post("/kait/fonnte/<key>")
def fonnte(key: str) -> Response:
    return _by_address("fonnte", key, news.of_fonnte)


@blueprint.post("/kait/wablas/<key>")
def wablas(key: str) -> Response:
    return _by_address("wablas", key, news.of_wablas)


def _by_address(provider: str, key: str, read: Callable[[dict[str, Any], Any], News]) -> Response:
    """These sign nothing: the address itself is the secret."""
    settings = _settings()
    _small()
    if settings.whatsapp != provider or not keys.is_secret(settings, provider, key):
        abort(404)
    body = request.get_json(silent=True)
    told = read(body if isinstance(body, dict) else request.form.to_dict(), clock.now())
    return _take(told)
