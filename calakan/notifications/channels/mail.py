"""Mail: handed over to the office's relay, or written to the log."""

from __future__ import annotations

import logging
import smtplib
from email.utils import parseaddr
from typing import TYPE_CHECKING

from calakan.notifications.channels import relay
from calakan.notifications.channels.interface import BREATH, TROUBLE, Outcome, Parcel, Result
from calakan.notifications.channels.rfc5322 import mail_of

if TYPE_CHECKING:
    from calakan.notifications.channels.dkim import Signer

log = logging.getLogger(__name__)
HANGS_UP = 421


class ConsoleChannel:
    """For development: the log is the only reader, of secrets too."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, parcel: Parcel) -> Result:
        try:
            mail_of(parcel, sender=self._sender)
        except ValueError as error:
            return _unwritable(error)
        log.info("mail to %s <%s>: %s\n%s", parcel.name, parcel.address, parcel.letter.subject, parcel.letter.text)
        return Result(Outcome.SENT)

    def close(self) -> None:
        pass


class SmtpChannel:
    """One connection of the relay at a time, borrowed when first needed and given back after the batch."""

    def __init__(self, url: str, sender: str, *, returns_to: str = "", signer: Signer | None = None) -> None:
        self._relay = relay.relay_at(url)
        self._sender = sender
        self._returns_to = returns_to or parseaddr(sender)[1]
        self._signer = signer
        self._connection: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Result:
        """Envelope and body in separate steps: only a loss after the body left is uncertain."""
        try:
            mail = mail_of(parcel, sender=self._sender)
        except ValueError as error:
            return _unwritable(error)
        if self._signer is not None:
            mail = self._signer.signed(mail, parcel.at)
        refusal = self._announce(self._returns_to.replace("*", parcel.mark), parcel.address)
        return refusal if refusal is not None else self._hand_over(mail)

    def _announce(self, returns_to: str, recipient: str) -> Result | None:
        """Sender and recipient; None when the relay wants the mail. A used connection may be gone, so it is replaced."""
        used = self._connection is not None
        try:
            if self._connection is None:
                self._connection, used = self._relay.borrow()
            if used:
                try:
                    refusal = _envelope(self._connection, returns_to, recipient)
                    if refusal is None or not refusal.detail.startswith(str(HANGS_UP)):
                        return refusal
                except (OSError, smtplib.SMTPServerDisconnected):
                    pass
                self._drop()
                self._connection = self._relay.open()
            return _envelope(self._connection, returns_to, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return _away(error)

    def _hand_over(self, mail: bytes) -> Result:
        assert self._connection is not None
        try:
            code, answer = self._connection.data(mail)
            return Result(Outcome.SENT) if code == 250 else _result(code, answer)
        except smtplib.SMTPDataError as error:
            # The server refused the DATA command itself: nothing left us.
            self._drop()
            return _result(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Result(Outcome.UNCERTAIN, _short(error))

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._relay.give_back(connection)

    def _drop(self) -> None:
        """Whatever state it is in, nobody goes on with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _envelope(connection: smtplib.SMTP, returns_to: str, recipient: str) -> Result | None:
    code, answer = connection.mail(returns_to)
    if code == 250:
        code, answer = connection.rcpt(recipient)
    if code in (250, 251):
        return None
    refusal = _result(code, answer)
    if code != HANGS_UP:
        connection.rset()
    return refusal


def _result(code: int, answer: bytes | str) -> Result:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return Result(Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED, f"{code} {text}"[:300])


def _away(error: Exception) -> Result:
    """No relay that listens, or one that does not let us in: no fault of the letter, so it costs none of its tries."""
    wait = TROUBLE if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError) else BREATH
    log.error("the mail relay takes nothing at present: %s", _short(error))
    return Result(Outcome.LATER, _short(error), retry_after=wait, rests=True)


def _unwritable(error: ValueError) -> Result:
    """Nothing left us: a name or subject would have written headers."""
    log.warning("a mail cannot be written: %s", error)
    return Result(Outcome.REFUSED, type(error).__name__)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
