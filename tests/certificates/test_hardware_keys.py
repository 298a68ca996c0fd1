"""The office's key in a PKCS #11 token, against SoftHSM: what it signs holds, and papers wait while it is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
import sqlalchemy as sa
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from pyhanko.sign.validation.status import SignatureCoverageLevel

from calakan.certificates import tasks
from calakan.certificates.models import Certificate
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.signing import hardware, inspect
from calakan.signing.keys import PAPER, PKCS11, Keyring, SourceError
from calakan.signing.sources import Source, paper_envelope
from config import Settings
from tests import factories
from tests.certificates import samples
from tests.certificates.issuing import held
from tests.certificates.test_paper_signatures import judged
from tests.servers import hsm

pytestmark = pytest.mark.skipif(hsm.module() is None, reason="no SoftHSM here")


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "keys")
    made.ensure("Dinas", now=clock.now())
    return made


def paper_by(ring: Keyring, place: hardware.Place) -> tuple[str, bytes]:
    kid, envelope = paper_envelope(ring, Source(token=place), now=clock.now())
    return kid, samples.template().render(samples.holder(), created_at=clock.now(), sealer=envelope)


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_third_party_judges_what_the_token_signed_intact_and_trusted(
    ring: Keyring, tmp_path: Path, kind: str
) -> None:
    with hsm.token(tmp_path / "hsm", kind) as token:
        kid, content = paper_by(ring, token.place)
        assert judged(content, token.root.public_bytes(Encoding.DER), clock.now()) == (
            True,
            SignatureCoverageLevel.ENTIRE_FILE,
            False,
        )
    found = inspect.signed_by(content, ring.keys()).key
    assert found is not None
    assert (found.kid, found.source, len(found.public), found.retired_on) == (kid, "pkcs11", 2, None)


def test_one_session_signs_many_papers(tmp_path: Path) -> None:
    with hsm.token(tmp_path / "hsm") as token:
        key = hardware.HardwareKey(token.place)
        key.chain(now=clock.now())
        session = key._opened
        assert len({key.sign(b"%d" % n) for n in range(50)}) == 50
        assert key._opened is session


def test_a_token_that_is_pulled_and_put_back_signs_again(tmp_path: Path) -> None:
    with hsm.token(tmp_path / "hsm") as token:
        key = hardware.HardwareKey(token.place)
        key.sign(b"before")
        token.pull()
        for _ in range(2):
            with pytest.raises(SourceError, match="CALAKAN_SIGNING_PKCS11: "):
                key.sign(b"away")
        token.put_back()
        assert key.sign(b"after") != b""


def test_what_is_wrong_with_the_token_is_named(ring: Keyring, tmp_path: Path) -> None:
    with hsm.token(tmp_path / "hsm") as token:
        for place, words in (
            (replace(token.place, token="lain"), "NoSuchToken"),
            (replace(token.place, label="lain"), "NoSuchKey"),
            (replace(token.place, module=str(tmp_path / "none.so")), "OS exception while loading"),
        ):
            with pytest.raises(SourceError, match=words):
                paper_by(ring, place)
    with (
        hsm.token(tmp_path / "old", days=-1) as token,
        pytest.raises(SourceError, match="the certificate of the key is not valid today"),
    ):
        paper_by(ring, token.place)
    with (
        hsm.token(tmp_path / "bare", certified=False) as token,
        pytest.raises(SourceError, match="the key has no certificate"),
    ):
        paper_by(ring, token.place)


def test_a_wrong_pin_is_tried_once_and_never_said(tmp_path: Path) -> None:
    with hsm.token(tmp_path / "hsm") as token:
        wrong = replace(token.place, pin="999999")
        key = hardware.HardwareKey(wrong)
        for _ in range(3):
            with pytest.raises(SourceError, match="is not the PIN of the token") as refusal:
                key.sign(b"x")
            assert "999999" not in str(refusal.value)
        assert "999999" not in repr(wrong)
        assert hardware.HardwareKey(token.place).sign(b"x") != b""


def test_the_last_try_of_a_pin_is_left_to_a_human_being() -> None:
    plain = pkcs11.TokenFlag.LOGIN_REQUIRED | pkcs11.TokenFlag.USER_PIN_COUNT_LOW
    assert not hardware.is_last_try(plain)
    assert hardware.is_last_try(plain | pkcs11.TokenFlag.USER_PIN_FINAL_TRY)


def settings_with(app: Flask, place: hardware.Place) -> Settings:
    return replace(
        app.extensions["calakan.settings"],
        signing_pkcs11_module=place.module,
        signing_pkcs11_token=place.token,
        signing_pkcs11_label=place.label,
        signing_pkcs11_pin=place.pin,
    )


def test_papers_wait_for_the_token_and_are_signed_by_it(app: Flask, tmp_path: Path) -> None:
    """With the token pulled in the middle: numbers are given, nothing fails, everything is issued afterwards."""
    people = [factories.person(f"Guru {n}").id for n in range(3)]
    held(*people)
    later = clock.now() + timedelta(days=3)
    with hsm.token(tmp_path / "hsm") as token:
        settings = settings_with(app, token.place)
        token.pull()
        with time_machine.travel(later):
            tasks.issue_due(settings)
        assert states() == [(WorkState.PENDING, 1, None), (WorkState.PENDING, 2, None), (WorkState.PENDING, 3, None)]
        token.put_back()
        with time_machine.travel(later + timedelta(minutes=2)):
            assert tasks.issue_due(settings) == 3
    signed_by = set(db.session().scalars(sa.select(Certificate.paper_kid)))
    assert signed_by == {Keyring(settings.data_dir / "keys").current(PAPER, PKCS11).kid}
    assert [state for state, _, _ in states()] == [WorkState.DONE] * 3


def states() -> list[tuple[WorkState, int | None, datetime | None]]:
    db.session().rollback()
    rows = db.session().execute(
        sa.select(Certificate.state, Certificate.serial, Certificate.issued_at).order_by(Certificate.id)
    )
    return [(state, serial, issued_at) for state, serial, issued_at in rows]
