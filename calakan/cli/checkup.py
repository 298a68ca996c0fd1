"""What `calakan doctor` looks at outside of the application: disk, clock, the site's own certificate, what the DNS says of mail.

Each returns one line for an operator; what needs a hand says so in CAPITALS, with what to do.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import config

if TYPE_CHECKING:
    from dns.resolver import Resolver  # only where mail is asked about

SECONDS = 5
LEAST_FREE = 2_000_000_000  # bytes; a backup and a night of certificates
SOON_DAYS = 21
CLOCKS_APART = 5  # seconds


def disk(place: Path) -> str:
    usage = shutil.disk_usage(place)
    said = f"{usage.free // 1_000_000} MB of {usage.total // 1_000_000} MB free in {place}"
    scarce = usage.free < LEAST_FREE or usage.free * 20 < usage.total
    return f"{said} (LITTLE: make room, or move backups with CALAKAN_BACKUP_DIR)" if scarce else said


def clock(database: datetime | None, here: datetime) -> str:
    """`database`: what time it says it is, if it is on another clock. Codes, links and TLS depend on it."""
    apart = abs((database - here).total_seconds()) if database is not None else 0
    if apart > CLOCKS_APART:
        return f"{apart:.0f} s apart from the database's (WRONG: let both hosts ask a time server)"
    synchronised = _told(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    if synchronised == "no":
        return "not synchronised (WRONG SOON: `timedatectl set-ntp true`)"
    return "synchronised" if synchronised == "yes" else "nothing here says whether it is synchronised"


def _told(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603  # ours
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def days_left(until: datetime, now: datetime) -> str:
    """How long a certificate holds."""
    days = (until - now).days
    if days < 0:
        return f"ENDED on {until:%Y-%m-%d}: renew it"
    return f"until {until:%Y-%m-%d}" + (f" (ENDS IN {days} d: renew it)" if days < SOON_DAYS else "")


def site_certificate(base_url: str, now: datetime, *, trusted: ssl.SSLContext | None = None) -> str:
    """Of the address that visitors use, as they see it."""
    url = urlsplit(base_url)
    host, port = url.hostname or "", url.port or 443
    if url.scheme != "https":
        return "none, the address is not https"
    context = trusted or ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            found = connection.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return f"NOT TRUSTED by browsers: {error.verify_message}; look at the proxy's log"
    except OSError as error:
        return f"NOT REACHED at {host}:{port} ({type(error).__name__}): look at DNS, firewall and proxy"
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    return days_left(ends, now)


def mail_records(settings: config.Settings, resolver: Resolver | None = None) -> Iterator[str]:
    """SPF, DKIM and DMARC of the sender's domain, without which mails end among the unwanted."""
    from dns.resolver import Resolver  # late, see above

    asked = resolver or Resolver()
    asked.lifetime = SECONDS
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    spf = _record(asked, domain, "v=spf1")
    yield f"SPF of {domain}: " + (spf or "MISSING: a TXT record that names the relay, such as v=spf1 include:… ~all")
    if settings.dkim_selector:
        name = f"{settings.dkim_selector}._domainkey.{domain}"
        yield f"DKIM at {name}: " + ("there" if _record(asked, name, "p=") else "MISSING: the public half of the key")
    else:
        yield "DKIM: left to the relay; ask it, or set CALAKAN_DKIM_KEY and CALAKAN_DKIM_SELECTOR"
    dmarc = _record(asked, f"_dmarc.{domain}", "v=DMARC1")
    yield f"DMARC of {domain}: " + (dmarc or f"MISSING: TXT at _dmarc.{domain}, such as v=DMARC1; p=none; rua=mailto:…")


def _record(resolver: Resolver, name: str, part: str) -> str:
    """The first TXT record with this in it; empty without one, or without an answer."""
    from dns.exception import DNSException  # late, see above

    try:
        texts = [b"".join(row.strings).decode(errors="replace") for row in resolver.resolve(name, "TXT")]
    except DNSException:
        return ""
    return next((text for text in texts if part in text), "")
