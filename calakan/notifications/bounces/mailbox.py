"""The mailbox into which mail servers put what they could not deliver, read by IMAP (RFC 3501)."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from calakan.notifications.bounces.reports import LARGEST

TIMEOUT_SECONDS = 20
MOST_LETTERS = 500  # for one visit; the next one goes on


class MailboxAwayError(OSError):
    """It does not answer as it should; the next visit tries again. Names no password."""


class Mailbox:
    """A visit: unread letters in order, each marked as read by whoever is done with it."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Number and beginning of each letter."""
        _, found = self._connection.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:MOST_LETTERS]:
            number = uid.decode("ascii")
            _, parts = self._connection.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                yield number, raw

    def done(self, number: str) -> None:
        self._connection.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")


@contextlib.contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """`imaps://user:password@host:port/folder`, or `imap://` on the own network. Raises MailboxAwayError."""
    parts = urlsplit(url)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    try:
        with _connect(parts.scheme, parts.hostname or "localhost", parts.port) as connection:
            connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
            state, answer = connection.select(f'"{folder}"')
            if state != "OK":
                raise imaplib.IMAP4.error(str(answer[0]))
            yield Mailbox(connection)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxAwayError(f"{type(error).__name__}: {error}"[:200]) from None


def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_SECONDS)
