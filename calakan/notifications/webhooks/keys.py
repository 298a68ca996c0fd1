"""What a provider must know to be heard: derived from the secret key, so that there is nothing more to set or to lose."""

from __future__ import annotations

import hashlib
import hmac

from config import Settings


def shared_secret(settings: Settings, provider: str) -> str:
    """Cloud API: the verify token. Telegram: the secret token. Fonnte and Wablas, who sign nothing: in the address."""
    return hmac.new(settings.secret_key.encode(), f"webhooks:{provider}".encode(), hashlib.sha256).hexdigest()[:40]


def is_secret(settings: Settings, provider: str, given: str) -> bool:
    return hmac.compare_digest(shared_secret(settings, provider).encode(), given.encode("utf-8", "replace"))


def is_signed(settings: Settings, content: bytes, header: str) -> bool:
    """Meta's `X-Hub-Signature-256` over the body as it came."""
    made = "sha256=" + hmac.new(settings.whatsapp_app_secret.encode(), content, hashlib.sha256).hexdigest()
    return bool(settings.whatsapp_app_secret) and hmac.compare_digest(made.encode(), header.encode("utf-8", "replace"))


def addresses(settings: Settings) -> list[tuple[str, str, str]]:
    """(provider, webhook address, secret to enter beside it) of what is set up, for whoever enters them there."""
    found = []
    base = settings.base_url
    if settings.whatsapp == "cloud":
        found.append(("cloud", f"{base}/kait/whatsapp", shared_secret(settings, "cloud")))
    elif settings.whatsapp:
        found.append(
            (settings.whatsapp, f"{base}/kait/{settings.whatsapp}/{shared_secret(settings, settings.whatsapp)}", "")
        )
    if settings.telegram_token:
        found.append(("telegram", f"{base}/kait/telegram", shared_secret(settings, "telegram")))
    return found
