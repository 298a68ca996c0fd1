"""Mail: the letter as RFC 5322, handed over by SMTP (RFC 5321) or written to the log."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from calakan.kernel import codes
from calakan.notifications.channels.interface import TIMEOUT_SECONDS, Outcome, Parcel, Result

log = logging.getLogger(__name__)


def mail_of(parcel: Parcel, *, sender: str) -> EmailMessage:
    """The letter as RFC 5322; the Message-ID comes from the unique key, so a repeat is recognisable.

    `unsubscribe` is the address of RFC 8058's one click, and stands below the text too. Raises ValueError for names and
    subjects that would write headers.
    """
    letter, mail = parcel.letter, EmailMessage()
    mail["Subject"] = letter.subject
    mail["From"] = sender
    mail["To"] = formataddr((parcel.name, parcel.address))
    mail["Date"] = format_datetime(parcel.at)
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{parcel.mark or codes.hashed(parcel.key)[:32]}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "id"
    text = letter.text
    if parcel.unsubscribe:
        mail["List-Unsubscribe"] = f"<{parcel.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\nTidak ingin surat seperti ini lagi: {parcel.unsubscribe}\n"
    mail.set_content(text)
    if letter.attachments:
        mail.make_mixed()
        for item in letter.attachments:
            parameters = tuple(item.parameters.items())
            mail.attach(_part(item.name, item.content, item.maintype, item.subtype, parameters))
    return mail


@lru_cache(maxsize=32)
def _part(
    name: str, content: bytes, maintype: str, subtype: str, parameters: tuple[tuple[str, str], ...]
) -> EmailMessage:
    """Reminders of one session share their calendar, so it is encoded once. Read only: it hangs in many mails."""
    part = EmailMessage()
    part.set_content(
        content, maintype=maintype, subtype=subtype, disposition="attachment", filename=name, params=dict(parameters)
    )
    del part["MIME-Version"]  # the mail's own says it
    return part


class ConsoleChannel:
    """For development: the log and the in-app outbox are the only readers."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, parcel: Parcel) -> Result:
        try:
            mail = mail_of(parcel, sender=self._sender)
        except ValueError as error:
            return _unwritable(error)
        log.info("mail to %s: %s", mail["To"], mail["Subject"])
        return Result(Outcome.SENT, kept=True)

    def close(self) -> None:
        pass


class SmtpChannel:
    """One connection, opened when first needed and kept for the batch."""

    def __init__(self, url: str, sender: str, returns_to: str = "") -> None:
        self._sender = sender
        self._returns_to = returns_to or parseaddr(sender)[1]
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[0] in ("1", "true")
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            context = ssl.create_default_context()
            if self._tls:
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                connection = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            if self._starttls:
                connection.starttls(context=context)
            if self._user:
                connection.login(self._user, self._password)
            connection.ehlo_or_helo_if_needed()
            self._connection = connection
        return self._connection

    def send(self, parcel: Parcel) -> Result:
        """Envelope and body in separate steps: only a loss after the body left is uncertain."""
        try:
            mail = mail_of(parcel, sender=self._sender)
        except ValueError as error:
            return _unwritable(error)
        return self._hand_over(mail, self._returns_to.replace("*", parcel.mark))

    def _hand_over(self, mail: EmailMessage, returns_to: str) -> Result:
        try:
            connection = self._open()
            recipient = parseaddr(str(mail["To"]))[1]
            code, answer = connection.mail(returns_to)
            if code == 250:
                code, answer = connection.rcpt(recipient)
            if code not in (250, 251):
                connection.rset()
                return _result(code, answer)
        except smtplib.SMTPResponseException as error:
            self.close()
            return _result(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.LATER, _short(error))
        try:
            code, answer = connection.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
            return Result(Outcome.SENT) if code == 250 else _result(code, answer)
        except smtplib.SMTPDataError as error:
            # The server refused the DATA command itself: nothing left us.
            self.close()
            return _result(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.UNCERTAIN, _short(error))

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()


def _result(code: int, answer: bytes | str) -> Result:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return Result(Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED, f"{code} {text}"[:300])


def _unwritable(error: ValueError) -> Result:
    """Nothing left us: a name or subject would have written headers."""
    log.warning("a mail cannot be written: %s", error)
    return Result(Outcome.REFUSED, type(error).__name__)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
