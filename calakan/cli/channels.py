"""What an operator tells the providers of WhatsApp and Telegram: where to bring their news, and with which secret."""

from __future__ import annotations

import sys
from http.client import HTTPException

import click

import config
from calakan.cli import cli


@cli.group()
def channels() -> None:
    """WhatsApp and Telegram."""


@channels.command("webhooks")
def webhooks() -> None:
    """The address, and the secret beside it, to enter at each provider that is set up. Keep them to yourself."""
    from calakan.notifications.webhooks import keys  # with its command alone

    found = keys.addresses(config.load())
    for provider, address, secret in found:
        click.echo(f"{provider}: {address}" + (f"\n    secret: {secret}" if secret else ""))
    if not found:
        click.echo("No channel besides mail is set up; `calakan settings` lists what each needs.")


@channels.command("telegram")
def telegram() -> None:
    """Tell Telegram where to bring its news."""
    from calakan.notifications.channels import probing  # with its command alone
    from calakan.notifications.webhooks import keys

    settings = config.load()
    if not settings.telegram_token:
        sys.exit("calakan: CALAKAN_TELEGRAM_TOKEN is not given")
    for provider, address, secret in keys.addresses(settings):
        if provider == "telegram":
            try:
                click.echo(probing.set_telegram_webhook(settings, address, secret))
            except (OSError, HTTPException) as error:
                sys.exit(f"calakan: Telegram is not reached ({type(error).__name__})")
