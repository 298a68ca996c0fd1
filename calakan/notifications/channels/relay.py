"""Connections to the mail relay (RFC 5321) that outlive a batch: a worker goes on with the one it has."""

from __future__ import annotations

import smtplib
import ssl
import threading
import time
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from calakan.notifications.channels.interface import TIMEOUT_SECONDS

MOST_IDLE = 2  # for each process
IDLE_SECONDS = 30.0  # servers hang up after minutes; by then the next sweep has come


class Relay:
    """Opens, lends and takes back; what nobody wants for a while is closed in order."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[0] in ("1", "true")
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._idle: list[tuple[float, smtplib.SMTP]] = []
        self._lock = threading.Lock()

    def borrow(self) -> tuple[smtplib.SMTP, bool]:
        """A connection that answers, and whether it is a used one. Raises OSError, SMTPException."""
        while (connection := self._pop()) is not None:
            if _answers(connection):
                return connection, True
            connection.close()
        return self.open(), False

    def open(self) -> smtplib.SMTP:
        """A new one. Raises OSError, SMTPException."""
        if self._tls:
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            if self._starttls:
                connection.starttls(context=ssl.create_default_context())
            if self._user:
                connection.login(self._user, self._password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def give_back(self, connection: smtplib.SMTP) -> None:
        with self._lock:
            self._idle.append((time.monotonic(), connection))
            surplus = [self._idle.pop(0)[1] for _ in range(len(self._idle) - MOST_IDLE)]
        for one in surplus:
            hang_up(one)
        timer = threading.Timer(IDLE_SECONDS, self._close_idle)
        timer.daemon = True
        timer.start()

    def _pop(self) -> smtplib.SMTP | None:
        with self._lock:
            return self._idle.pop()[1] if self._idle else None

    def _close_idle(self) -> None:
        with self._lock:
            limit = time.monotonic() - IDLE_SECONDS
            old = [connection for since, connection in self._idle if since <= limit]
            self._idle = [(since, connection) for since, connection in self._idle if since > limit]
        for connection in old:
            hang_up(connection)


@lru_cache(maxsize=4)
def relay_at(url: str) -> Relay:
    """The same for everybody in this process."""
    return Relay(url)


def hang_up(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _answers(connection: smtplib.SMTP) -> bool:
    try:
        return bool(connection.noop()[0] == 250)
    except (OSError, smtplib.SMTPException):
        return False
