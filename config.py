"""Every setting of the application, declared once. `load(environ)` returns them frozen, or refuses to start.

All come from `CALAKAN_*` environment variables, a secret also from the file that `<its name>_FILE` names; an unknown
`CALAKAN_*` name is an error, because a typo is not a default.
Nothing else in the application reads the environment.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PREFIX = "CALAKAN_"
ROOT = Path(__file__).resolve().parent


class InvalidSettings(Exception):
    """The environment cannot be used; `problems` names every reason at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _setting(default: Any, help: str, *, parse: Callable[[str], Any] = str, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": help, "parse": parse, "secret": secret})


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError("must be a whole number") from None
        if not low <= number <= high:
            raise ValueError(f"must be between {low} and {high}")
        return number

    return parse


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if urlsplit(text).scheme not in schemes:
            raise ValueError(f"must begin with one of {', '.join(s + ':' for s in schemes)}")
        try:
            _ = urlsplit(text).port
        except ValueError:
            raise ValueError("names no port that there is") from None
        return text

    return parse


def _database(text: str) -> str:
    """Of SQLAlchemy; what others write for PostgreSQL is understood too, and there is one driver for it."""
    found = _url("sqlite", "postgresql+psycopg", "postgresql", "postgres")(text)
    return re.sub(r"^postgres(ql)?:", "postgresql+psycopg:", found)


def _boolean(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError("must be 1 or 0")


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Where else people may log in (OpenID Connect): `CALAKAN_OIDC_<NAME>_…`. `name` stands in addresses, `label` on buttons.

    `domains`: who is let in, all without them. `hosted`: the issuer itself must say the domain (`hd`), as Google does of
    accounts that a domain runs; anybody else may have had an address of it once.
    """

    name: str
    label: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: tuple[str, ...] = ()
    hosted: bool = False


ISSUER_SETTINGS = {
    "ISSUER": "address of the issuer, as its discovery document says it, such as https://accounts.google.com",
    "CLIENT_ID": "what the issuer calls us",
    "CLIENT_SECRET": "the secret that it gave us, or _CLIENT_SECRET_FILE",
    "DOMAINS": "mail domains that are let in, with spaces between; empty: all",
    "LABEL": "what the button says; empty: <NAME>",
    "HOSTED": "1: the issuer must name the domain (hd) too; default 1 for Google, else 0",
}
_ISSUER = re.compile(rf"{PREFIX}OIDC_([A-Z0-9]{{1,20}})_({'|'.join(ISSUER_SETTINGS)})")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The frozen result. Field `smtp_url` is read from `CALAKAN_SMTP_URL`, and so on."""

    env: str = _setting("development", "development or production", parse=_one_of("development", "production"))
    host: str = _setting("127.0.0.1", "address on which the web server listens")
    port: int = _setting(8000, "port on which the web server listens", parse=_integer(1, 65535))
    data_dir: Path = _setting(Path("var"), "database file, issued files, keys, embedded broker", parse=Path)  # noqa: RUF009  # a path never changes
    keys_dir: Path = _setting(Path(), "folder of the signing keys; empty: keys in the data directory", parse=Path)  # noqa: RUF009  # a path never changes
    files_url: str = _setting(
        "", "s3://KEY:SECRET@BUCKET?endpoint=https://…[&region=…] for more than one host; empty: files in the data directory",
        parse=_url("s3"), secret=True,
    )  # fmt: skip
    database_url: str = _setting("", "SQLAlchemy URL; empty: SQLite in the data directory", parse=_database)
    redis_url: str = _setting(
        "", "redis:// URL of a real server; empty: the embedded one", parse=_url("redis", "rediss")
    )
    smtp_url: str = _setting(
        "console:",
        "smtp://user:pass@host:port?starttls=1, smtps://…, or console: (print to the log)",
        parse=_url("smtp", "smtps", "console"),
        secret=True,
    )
    dkim_key: str = _setting(
        "", "PEM file with the RSA or Ed25519 key that signs mails (DKIM); empty: the relay signs, or nobody"
    )
    dkim_selector: str = _setting(
        "", "DKIM selector: its public half stands at <selector>._domainkey.<sender's domain>"
    )
    bounce_address: str = _setting(
        "",
        "where undeliverable mails return (envelope sender); a * in it becomes each mail's own mark; empty: the sender",
    )
    bounce_imap_url: str = _setting(
        "",
        "imaps://user:pass@host/folder that only undeliverable mails reach; empty: not read",
        parse=_url("imap", "imaps"),
        secret=True,
    )
    bounce_secret: str = _setting("", "key of the signatures at /kait/pantulan; empty: closed", secret=True)
    mail_from: str = _setting("Banyumas Calakan <calakan@example.org>", "sender of every mail")
    push_hosts: str = _setting(
        "fcm.googleapis.com *.push.services.mozilla.com *.push.apple.com *.notify.windows.com",
        "push services that browsers may name for notifications on devices; none: no such notifications",
        parse=lambda text: "" if text == "none" else text,
    )
    whatsapp: str = _setting(
        "",
        "who carries WhatsApp messages: cloud (Meta's Cloud API), fonnte or wablas; empty: nobody",
        parse=_one_of("cloud", "fonnte", "wablas"),
    )
    whatsapp_token: str = _setting("", "token of that provider (Wablas: token, or token.secret)", secret=True)
    whatsapp_url: str = _setting("", "address of its API, if not the usual one; Wablas: that of your server")
    whatsapp_number_id: str = _setting("", "Cloud API: the id of the sending number")
    whatsapp_template: str = _setting("", "Cloud API: approved template whose text has {{1}} title and {{2}} message")
    whatsapp_code_template: str = _setting("", "Cloud API: approved authentication template for codes")
    whatsapp_app_secret: str = _setting("", "Cloud API: the app secret that signs webhooks", secret=True)
    telegram_token: str = _setting("", "token of the Telegram bot; empty: no Telegram", secret=True)
    telegram_bot: str = _setting("", "user name of that bot, without @")
    telegram_url: str = _setting("https://api.telegram.org", "address of the Bot API")
    base_url: str = _setting(
        "http://127.0.0.1:8000", "absolute links in mails, QR codes and .ics", parse=_url("http", "https")
    )
    secret_key: str = _setting("", "sessions and signed links; empty: made in the data directory", secret=True)
    data_keys: str = _setting(
        "",
        "keys that encrypt secrets in the database, the newest first, parted by spaces; empty: made in data.key beside the signing keys",
        secret=True,
    )
    web_workers: int = _setting(0, "web processes; 0: one per core, at most 4", parse=_integer(0, 64))
    web_threads: int = _setting(
        0, "threads per web process; 0: 6, with SQLite 16, so that who waits for its one writer leaves room for readers",
        parse=_integer(0, 64),
    )  # fmt: skip
    task_workers: int = _setting(0, "worker processes; 0: one per core, at most 4", parse=_integer(0, 64))
    log_format: str = _setting("", "text or json; empty: json in production, else text", parse=_one_of("text", "json"))
    slow_query_ms: int = _setting(
        500, "statements of the database that take so long are logged, without their values; 0: none",
        parse=_integer(0, 3600000),
    )  # fmt: skip
    trusted_proxies: int = _setting(0, "reverse proxies in front whose X-Forwarded-* count", parse=_integer(0, 5))
    trusted_hosts: str = _setting(
        "", "names under which the site answers, with spaces between; empty: that of CALAKAN_BASE_URL in production"
    )
    sign_ups_per_hour: int = _setting(
        300,
        "sign-ups, requests for new passwords, and checks of numbers, that one network address may make in an hour",
        parse=_integer(1, 100000),
    )
    number_codes_per_day: int = _setting(
        300,
        "codes by WhatsApp to enrol, and as many to log in beyond three for each number, that go to numbers in a day; "
        "0: a number stands for no e-mail",
        parse=_integer(0, 100000),
    )
    frame_ancestors: str = _setting("'self'", "who may show our pages in a frame (CSP frame-ancestors)")
    metrics_token: str = _setting("", "bearer token for /metrics; empty: only from this host", secret=True)
    stuck_seconds: int = _setting(
        45, "/readyz says not ready when due work sees no progress for longer", parse=_integer(30, 86400)
    )
    login_idle_minutes: int = _setting(30, "a staff log-in ends after this time unused", parse=_integer(5, 1440))
    login_staff_hours: int = _setting(12, "a staff log-in ends after this time", parse=_integer(1, 168))
    login_days: int = _setting(30, "a participant's log-in ends after this time", parse=_integer(1, 365))
    signing: str = _setting(
        "office",
        "who signs certificates: office (our own key, or CALAKAN_SIGNING_P12 or _PKCS11_…) or bsre (an official, by way of BSrE)",
        parse=_one_of("office", "bsre"),
    )
    signing_p12: str = _setting("", "PKCS #12 file with the office's key and certificates; empty: a key of our own")
    signing_p12_password: str = _setting("", "its password", secret=True)
    signing_pkcs11_module: str = _setting("", "PKCS #11 library of the token that holds the office's key")
    signing_pkcs11_token: str = _setting("", "label of the token")
    signing_pkcs11_label: str = _setting("", "label of the key in the token; its certificate lies beside it")
    signing_pkcs11_pin: str = _setting("", "the token's PIN", secret=True)
    timestamp_url: str = _setting("", "RFC 3161 time stamp service (PAdES B-T); empty: no time stamps")
    timestamp_roots: str = _setting("", "PEM file with the certificates that vouch for that service")
    bsre_url: str = _setting("", "address of the office's BSrE Esign client service; empty: signed files are uploaded")
    bsre_user: str = _setting("", "its user")
    bsre_password: str = _setting("", "its password", secret=True)
    backup_keep: int = _setting(7, "nightly backups that are kept, one a day; 0: none are made", parse=_integer(0, 366))
    backup_dir: str = _setting(
        "", "folder of the nightly backups, best on another disk; empty: backups in the data directory"
    )
    backup_passphrase: str = _setting(
        "", "passphrase of encrypted backups; empty: nightly ones are not encrypted, others ask", secret=True
    )
    issuers: tuple[Issuer, ...] = ()
    task_files: int = _setting(5, "how many files one answer to a task may have", parse=_integer(1, 20))
    task_mb: int = _setting(20, "how many MB they may have together", parse=_integer(1, 20))
    testing: bool = _setting(False, "set by the test suite: cheap password hashes, no rate limits", parse=_boolean)

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def console_mail(self) -> bool:
        return self.smtp_url.startswith("console:")

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def many_hosts(self) -> bool:
        """Whether others may run the same site, with data directories of their own."""
        return bool(self.files_url)


def _problems(settings: Settings) -> list[str]:
    """What cannot work, and what production refuses, all at once."""
    found = []
    if settings.signing_p12 and not Path(settings.signing_p12).is_file():
        found.append("CALAKAN_SIGNING_P12 must name a file that exists")
    found += _token_problems(settings)
    if bool(settings.timestamp_url) != bool(settings.timestamp_roots):
        found.append("CALAKAN_TIMESTAMP_URL and CALAKAN_TIMESTAMP_ROOTS belong together")
    if settings.timestamp_roots and not Path(settings.timestamp_roots).is_file():
        found.append("CALAKAN_TIMESTAMP_ROOTS must name a file that exists")
    if settings.dkim_key and not Path(settings.dkim_key).is_file():
        found.append("CALAKAN_DKIM_KEY must name a file that exists")
    if bool(settings.dkim_key) != bool(settings.dkim_selector):
        found.append("CALAKAN_DKIM_KEY and CALAKAN_DKIM_SELECTOR belong together")
    for name in ("timestamp_url", "bsre_url"):
        if urlsplit(getattr(settings, name)).scheme not in ("", "http", "https"):
            found.append(f"{PREFIX}{name.upper()} must begin with http: or https:")
    found += _channel_problems(settings)
    found += _sharing_problems(settings)
    return [*found, *(_production_problems(settings) if settings.production else [])]


def _sharing_problems(settings: Settings) -> list[str]:
    """What several hosts must have in common; with a key ring of its own, a host would sign what the others do not know."""
    if not settings.many_hosts:
        return []
    url, found = urlsplit(settings.files_url), []
    endpoint = urlsplit(dict(parse_qsl(url.query)).get("endpoint", ""))
    if not (
        url.hostname and url.username and url.password and endpoint.hostname and endpoint.scheme in ("http", "https")
    ):
        found.append(f"{PREFIX}FILES_URL must be s3://KEY:SECRET@BUCKET?endpoint=https://HOST")
    if not settings.database_url.startswith("postgresql"):
        found.append(f"{PREFIX}DATABASE_URL must name a PostgreSQL with {PREFIX}FILES_URL")
    if find_spec("minio") is None:
        found.append(
            f"{PREFIX}FILES_URL needs what is in requirements-s3.txt: `./run venv` installs it where it is set"
        )
    shared = ("redis_url", "secret_key", "data_keys")
    lacking = [name for name in shared if not getattr(settings, name)] + ["keys_dir"] * (settings.keys_dir == Path())
    return found + [f"{PREFIX}{name.upper()} must be given with {PREFIX}FILES_URL" for name in lacking]


def _channel_problems(settings: Settings) -> list[str]:
    """Tokens go over a wire: a provider's address is https, but for a stand-in on this host."""
    needed = {
        "": (),
        "cloud": (
            "whatsapp_token",
            "whatsapp_number_id",
            "whatsapp_template",
            "whatsapp_code_template",
            "whatsapp_app_secret",
        ),
        "fonnte": ("whatsapp_token",),
        "wablas": ("whatsapp_token", "whatsapp_url"),
    }[settings.whatsapp]
    given = f"{PREFIX}WHATSAPP={settings.whatsapp}"
    found = [f"{PREFIX}{name.upper()} must be given with {given}" for name in needed if not getattr(settings, name)]
    if settings.telegram_token and not re.fullmatch(r"[A-Za-z0-9_]{5,32}", settings.telegram_bot):
        found.append(f"{PREFIX}TELEGRAM_BOT must be the bot's user name, given with {PREFIX}TELEGRAM_TOKEN")
    for name in ("whatsapp_url", "telegram_url"):
        parts = urlsplit(getattr(settings, name))
        near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if getattr(settings, name) and not near and parts.scheme != "https":
            found.append(f"{PREFIX}{name.upper()} must begin with https:")
    return found


def _token_problems(settings: Settings) -> list[str]:
    module, token = settings.signing_pkcs11_module, settings.signing_pkcs11_token
    if not module:
        given = token or settings.signing_pkcs11_label or settings.signing_pkcs11_pin
        return ["CALAKAN_SIGNING_PKCS11_MODULE must be given with the other settings of the token"] if given else []
    found = []
    if not Path(module).is_file():
        found.append("CALAKAN_SIGNING_PKCS11_MODULE must name a file that exists")
    if not token or not settings.signing_pkcs11_label:
        found.append("CALAKAN_SIGNING_PKCS11_TOKEN and CALAKAN_SIGNING_PKCS11_LABEL must be given with the module")
    if settings.signing_p12:
        found.append("CALAKAN_SIGNING_P12 and CALAKAN_SIGNING_PKCS11_MODULE exclude each other")
    return found


def _production_problems(settings: Settings) -> list[str]:
    found = []
    if settings.bsre_url and urlsplit(settings.bsre_url).scheme != "https":
        found.append("CALAKAN_BSRE_URL must begin with https:// in production")
    if len(settings.secret_key) < 32:
        found.append("CALAKAN_SECRET_KEY must be given in production and hold at least 32 characters")
    if any(len(key) < 32 for key in settings.data_keys.split()):
        found.append("CALAKAN_DATA_KEYS must hold keys of at least 32 characters each")
    if settings.console_mail:
        found.append("CALAKAN_SMTP_URL must name a mail server in production, not console:")
    if urlsplit(settings.base_url).scheme != "https":
        found.append("CALAKAN_BASE_URL must begin with https:// in production")
    if not settings.redis_url:
        found.append("CALAKAN_REDIS_URL must name a Redis server in production")
    if settings.testing:
        found.append("CALAKAN_TESTING is not for production")
    return found


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read, check and complete the settings.

    Raises InvalidSettings with every problem found. Writes the data directory and, outside production, a secret key in it.
    """
    declared = {PREFIX + f.name.upper(): f for f in _declared()}
    environ, problems = _with_secrets(os.environ if environ is None else environ)
    problems += [
        f"{name} is not a setting; see `calakan settings`"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in declared and not _ISSUER.fullmatch(name)
    ]
    values: dict[str, Any] = {"issuers": _issuers(environ, problems)}
    for name, spec in declared.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[spec.name] = spec.metadata["parse"](text)
        except ValueError as error:
            problems.append(f"{name} {error}")
    if problems:
        raise InvalidSettings(problems)
    settings = Settings(**values)
    problems = _problems(settings)
    if problems:
        raise InvalidSettings(problems)
    return _complete(settings, values)


def _declared() -> list[Field[Any]]:
    """Those that are one variable each."""
    return [f for f in fields(Settings) if f.metadata]


def _issuers(environ: Mapping[str, str], problems: list[str]) -> tuple[Issuer, ...]:
    """Each with all that it needs; what is wrong joins the `problems`."""
    given: dict[str, dict[str, str]] = {}
    for variable, text in environ.items():
        if (found := _ISSUER.fullmatch(variable)) and text.strip():
            given.setdefault(found[1], {})[found[2]] = text.strip()
    made = []
    for name, parts in sorted(given.items()):
        lacking = [part for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET") if part not in parts]
        problems += [f"{PREFIX}OIDC_{name}_{part} must be given with the other settings of {name}" for part in lacking]
        url = urlsplit(parts.get("ISSUER", ""))
        near = url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost")
        if "ISSUER" in parts and url.scheme != "https" and not near:
            problems.append(f"{PREFIX}OIDC_{name}_ISSUER must begin with https:")
        try:
            hosted = _boolean(parts.get("HOSTED", "1" if url.hostname == "accounts.google.com" else "0"))
        except ValueError as error:
            problems.append(f"{PREFIX}OIDC_{name}_HOSTED {error}")
            continue
        domains = tuple(parts.get("DOMAINS", "").lower().split())
        label, secret = parts.get("LABEL", name.capitalize()), parts.get("CLIENT_SECRET", "")
        made.append(
            Issuer(
                name=name.lower(), label=label, url=parts.get("ISSUER", ""), client_id=parts.get("CLIENT_ID", ""),
                client_secret=secret, domains=domains, hosted=hosted,
            )
        )  # fmt: skip
    return tuple(made)


def _with_secrets(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment with each secret that `<NAME>_FILE` points to in its place, and what is wrong with those."""
    found, problems = dict(environ), []
    secret = [PREFIX + f.name.upper() for f in _declared() if f.metadata["secret"]]
    given = (name.removesuffix("_FILE") for name in environ if name.endswith("_CLIENT_SECRET_FILE"))
    secret += [name for name in given if _ISSUER.fullmatch(name)]
    for name in secret:
        path = found.pop(f"{name}_FILE", "").strip()
        if not path:
            continue
        if found.get(name, "").strip():
            problems.append(f"{name} and {name}_FILE exclude each other")
        try:
            found[name] = Path(path).read_text()
        except (OSError, UnicodeDecodeError):
            problems.append(f"{name}_FILE must name a file that can be read")
    return found, problems


def _complete(settings: Settings, given: dict[str, Any]) -> Settings:
    data_dir = settings.data_dir.expanduser().absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    keys_dir = data_dir / "keys" if settings.keys_dir == Path() else settings.keys_dir.expanduser().absolute()
    cores = os.cpu_count() or 1
    completed = {f.name: getattr(settings, f.name) for f in fields(Settings)}
    completed.update(
        data_dir=data_dir,
        keys_dir=keys_dir,
        database_url=settings.database_url or f"sqlite:///{data_dir / 'calakan.sqlite3'}",
        secret_key=settings.secret_key or _kept_secret(data_dir / "secret_key"),
        data_keys=settings.data_keys or _kept_secret(keys_dir / "data.key"),
        log_format=settings.log_format or ("json" if settings.production else "text"),
        web_workers=settings.web_workers or min(cores, 4),
        web_threads=settings.web_threads or (6 if settings.database_url.startswith("postgresql") else 16),
        task_workers=settings.task_workers or min(cores, 4),
    )
    if "base_url" not in given:
        completed["base_url"] = f"http://{settings.host}:{settings.port}"
    completed["base_url"] = completed["base_url"].rstrip("/")
    return Settings(**completed)


def _kept_secret(path: Path) -> str:
    """Made once; two processes that start together agree, because only one of them creates the file."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def describe() -> list[tuple[str, str, str, bool]]:
    """(name, default, help, secret) of each setting, for `calakan settings`."""
    return [(PREFIX + f.name.upper(), str(f.default), f.metadata["help"], f.metadata["secret"]) for f in _declared()]
