"""Secrets that are read again lie in the database under a key that does not, in a backup too; keys can be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask_migrate import downgrade, upgrade

from calakan.availability.models import BusySource
from calakan.cli import commands
from calakan.cli.vault import vault as command
from calakan.kernel import archive, backup, clock, db, sealing, vault
from calakan.notifications.models import PushSubscription
from calakan.people.models import Person, SecondFactor
from tests import factories

OLD, NEW = "o" * 40, "n" * 40
TOTP, AUTH, URL = (
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "auth-0123456789abcdef",
    "https://kalender.example.org/rahasia.ics",
)
SECRETS = {"second_factor.secret": TOTP, "push_subscription.auth": AUTH, "busy_source.url": URL}


@pytest.fixture
def kept(app: Flask) -> int:
    """A person with one secret of each kind."""
    id, now = factories.person().id, clock.now()
    with db.transaction() as session:
        session.add(SecondFactor(person_id=id, secret=TOTP, created_at=now))
        session.add(
            PushSubscription(
                person_id=id,
                address="Firefox 1",
                endpoint="https://push.example.org/1",
                public="p",
                auth=AUTH,
                made_at=now,
            )
        )
        session.add(BusySource(person_id=id, url=URL, key=f"busy:{id}", due_at=now))
    db.db.session.remove()
    return id


def lying() -> dict[str, str]:
    """What stands in the database itself."""
    found = {}
    for about in SECRETS:
        table, column = about.split(".")
        found[about] = db.session().execute(sa.text(f"SELECT {column} FROM {table}")).scalar_one()
    db.session().rollback()
    return found


def read() -> dict[str, str]:
    columns = (SecondFactor.secret, PushSubscription.auth, BusySource.url)
    found = {
        about: db.session().scalars(sa.select(column)).one() for about, column in zip(SECRETS, columns, strict=True)
    }
    db.session().rollback()
    return found


def test_the_database_does_not_know_them(app: Flask, kept: int) -> None:
    assert read() == SECRETS
    for about, held in lying().items():
        assert held.startswith("v1:")
        assert SECRETS[about] not in held


def test_every_column_for_such_a_secret_is_sealed() -> None:
    """The brother of each: a new one is named here."""
    sealed = {
        column.type.about
        for table in db.Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, vault.Sealed)
    }
    assert sealed == set(SECRETS)


def test_a_value_opens_where_it_belongs_and_unchanged_alone() -> None:
    vault.connect(OLD)
    held = vault.sealed("rahasia", about="a.b")
    assert vault.opened(held, about="a.b") == "rahasia"
    assert vault.sealed("rahasia", about="a.b") != held  # equal secrets do not look equal
    mark, name, packed = held.split(":")
    for wrong in (f"{mark}:{name}:{packed[:-4]}AAAA", f"{mark}:{name}:x", f"v0:{name}:{packed}", "rahasia", ""):
        with pytest.raises(vault.VaultLocked):
            vault.opened(wrong, about="a.b")
    with pytest.raises(vault.VaultLocked):
        vault.opened(held, about="c.d")
    vault.connect(NEW)
    with pytest.raises(vault.VaultLocked):
        vault.opened(held, about="a.b")


def test_a_proof_needs_the_key_and_the_text() -> None:
    vault.connect(OLD)
    mark = vault.proof("2026-11-29 4")
    assert vault.proves(mark, "2026-11-29 4")
    assert not vault.proves(mark, "2026-11-29 5")
    vault.connect(f"{NEW} {OLD}")
    assert vault.proves(mark, "2026-11-29 4")
    vault.connect(NEW)
    assert not vault.proves(mark, "2026-11-29 4")


def test_a_key_is_changed_while_the_older_one_still_stands(app: Flask, kept: int) -> None:
    keys = app.extensions["calakan.settings"].data_keys
    before = lying()
    try:
        vault.connect(f"{NEW} {keys}")
        assert read() == SECRETS
        assert sealing.renew() == (3, {})
        assert sealing.renew() == (0, {})
        vault.connect(NEW)  # the older one may go
        assert read() == SECRETS
        assert {about for about, held in lying().items() if held != before[about]} == set(SECRETS)
        vault.connect(OLD)
        assert sealing.renew() == (0, dict.fromkeys(SECRETS, 1))
    finally:
        vault.connect(keys)


def test_the_key_is_made_once_and_lies_beside_the_database(tmp_path: Path) -> None:
    import config

    environ = {"CALAKAN_DATA_DIR": str(tmp_path)}
    made = [config.load(environ).data_keys for _ in range(2)]
    path = tmp_path / "keys" / "data.key"
    assert made[0] == made[1] == path.read_text()
    assert (len(made[0]) >= 32, path.stat().st_mode & 0o777) == (True, 0o600)
    assert config.load({**environ, "CALAKAN_DATA_KEYS": NEW}).data_keys == NEW


def test_a_backup_holds_them_sealed_and_gives_them_back(app: Flask, kept: int, tmp_path: Path) -> None:
    target, held = tmp_path / "a.tar.gz", lying()
    backup.write(target, engine=db.engine(), data_dir=tmp_path, made_at=clock.now())
    text = b"".join(content.read() for name, content in archive.members(target, "") if name.startswith("tables/"))
    for about, secret in SECRETS.items():
        assert secret.encode() not in text
        assert held[about].encode() in text
    from tests.conftest import empty_tables

    db.db.session.remove()
    empty_tables()
    db.db.session.remove()
    with db.engine().begin() as connection:
        for table in reversed(db.Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
    backup.restore(target, engine=db.engine(), data_dir=tmp_path, guard=db.table(Person))
    assert (lying(), read()) == (held, SECRETS)


def test_what_lay_open_is_sealed_by_the_migration_and_opened_on_the_way_back(app: Flask, kept: int) -> None:
    db.db.session.remove()
    db.engine().dispose()
    try:
        downgrade(revision="0085")
        assert lying() == SECRETS
    finally:
        db.db.session.remove()
        upgrade()
    assert read() == SECRETS


def test_the_command_says_what_it_did(app: Flask, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["calakan.settings"]
    monkeypatch.setenv("CALAKAN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CALAKAN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CALAKAN_DATA_KEYS", f"{NEW} {settings.data_keys}")
    try:
        done = CliRunner().invoke(command)
        assert (done.exit_code, done.output) == (0, "3 secrets encrypted anew with the newest key\n")
        monkeypatch.setenv("CALAKAN_DATA_KEYS", OLD)
        done = CliRunner().invoke(command)
        assert done.exit_code == 2
        assert "second_factor.secret: 1 that no key of ours opens" in done.output
    finally:
        vault.connect(settings.data_keys)


def test_doctor_says_that_the_key_is_lost_and_which_secrets_it_closed(app: Flask, kept: int) -> None:
    settings = app.extensions["calakan.settings"]
    assert sealing.locked() == {}
    assert commands.data_keys(settings).endswith("opens all that is sealed")
    held = lying()
    vault.connect("another key that opens nothing of this at all")
    try:
        assert sealing.locked() == dict.fromkeys(SECRETS, 1)
        said = commands.data_keys(settings)
        assert ("LOST" in said, all(f"1 of {name}" in said for name in SECRETS)) == (True, True)
        assert lying() == held  # looking changed nothing
    finally:
        vault.connect(settings.data_keys)
    assert sealing.locked() == {}
