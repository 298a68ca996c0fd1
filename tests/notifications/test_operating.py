"""What the operator sees of the providers: whether they know us, and what to enter there; never a token."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from calakan.cli import cli
from calakan.cli.channels import channels
from calakan.cli.commands import doctor
from tests.servers import gateways
from tests.servers.gateways import TOKEN, Provider

BOT = {"CALAKAN_TELEGRAM_TOKEN": TOKEN, "CALAKAN_TELEGRAM_BOT": "calakanbot"}
CLOUD = {
    "CALAKAN_WHATSAPP": "cloud", "CALAKAN_WHATSAPP_TOKEN": TOKEN, "CALAKAN_WHATSAPP_NUMBER_ID": "1099",
    "CALAKAN_WHATSAPP_TEMPLATE": "kabar", "CALAKAN_WHATSAPP_CODE_TEMPLATE": "kode",
    "CALAKAN_WHATSAPP_APP_SECRET": "rahasia",
}  # fmt: skip
FONNTE = {"CALAKAN_WHATSAPP": "fonnte", "CALAKAN_WHATSAPP_TOKEN": TOKEN}


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALAKAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CALAKAN_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("CALAKAN_BASE_URL", "https://calakan.example.org")


def said(monkeypatch: pytest.MonkeyPatch, *command: str, **environ: str) -> str:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(cli, command)
    assert TOKEN not in done.output
    return done.output


def told(monkeypatch: pytest.MonkeyPatch, service: Provider, way: str, **environ: str) -> str:
    name = "TELEGRAM" if way == "telegram" else "WHATSAPP"
    output = said(monkeypatch, doctor.name or "", **environ, **{f"CALAKAN_{name}_URL": service.url})
    found = re.search(rf"^{way}: (.*)$", output, re.M)
    assert found is not None, output
    return found[1]


def test_the_doctor_asks_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateways.provider(gateways.telegram) as service:
        missing = "@CalakanBot, NO WEBHOOK of ours: run `calakan channels telegram`"
        assert told(monkeypatch, service, "telegram", **BOT) == missing
        assert said(monkeypatch, channels.name or "", "telegram") == "Webhook was set\n"
        (hook,) = service.taken
        assert (hook["url"], hook["allowed_updates"]) == (
            "https://calakan.example.org/kait/telegram", ["message", "my_chat_member"],
        )  # fmt: skip
        assert told(monkeypatch, service, "telegram") == "@CalakanBot"
        other = {"CALAKAN_TELEGRAM_BOT": "lainbot"}
        assert told(monkeypatch, service, "telegram", **other) == "NOT THIS BOT: the token is that of @CalakanBot"
        service.mode = "token"
        assert told(monkeypatch, service, "telegram") == "NOT KNOWN: the token is refused"
    assert told(monkeypatch, service, "telegram") == "NOT REACHED (ConnectionRefusedError)"


def test_the_doctor_asks_whatsapp(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateways.provider(gateways.cloud) as service:
        assert told(monkeypatch, service, "whatsapp", **CLOUD) == "cloud: number +62 812-0000-0000"
        service.mode = "token"
        assert told(monkeypatch, service, "whatsapp") == "cloud: NOT KNOWN (status 401 190)"
    with gateways.provider(gateways.fonnte) as service:
        assert told(monkeypatch, service, "whatsapp", **FONNTE) == "fonnte: device connected"
        service.mode = "token"
        assert told(monkeypatch, service, "whatsapp") == "fonnte: NO DEVICE CONNECTED (status 200 invalid token)"


def test_what_to_enter_at_the_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, "channels", "webhooks").startswith("No channel besides mail")
    lines = said(monkeypatch, "channels", "webhooks", **BOT, **CLOUD).splitlines()
    assert [line.split(": ")[0].strip() for line in lines] == ["cloud", "secret", "telegram", "secret"]
    assert lines[0].endswith("https://calakan.example.org/kait/whatsapp")
    (line,) = [x for x in said(monkeypatch, "channels", "webhooks", **FONNTE).splitlines() if x.startswith("fonnte")]
    assert re.fullmatch(r"fonnte: https://calakan\.example\.org/kait/fonnte/[0-9a-f]{40}", line)
