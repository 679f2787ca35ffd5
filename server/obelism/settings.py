"""Every setting: its name, default and help, read once from `OBELISM_*` environment variables.

The table in docs/SETTINGS.md is printed from here: `python -m obelism.settings`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_data_path

from obelism.errors import BadInput

PREFIX = "OBELISM_"

# The Chromium id follows from the public key in the extension's manifest, so it is the same on every
# machine. Firefox draws a new random address for every installation: only its scheme can be named. No
# web page can have that scheme, so what this lets in is other add-ons that the reader has installed.
EXTENSION_ORIGINS = ("chrome-extension://bpejfmaniilgabdamadbhgblofbfodko", "moz-extension://*")

_ORIGIN = re.compile(
    r"(chrome-extension://[a-p]{32}|moz-extension://(\*|[0-9a-f-]{36})|https?://[a-z0-9.:\[\]-]+)"
)
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _secret(value: str) -> str:
    if len(value.strip()) < 32:
        raise ValueError("must have at least 32 characters, drawn at random")
    return value.strip()


def _flag(value: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.strip().lower() not in known:
        raise ValueError("must be 1 or 0")
    return known[value.strip().lower()]


def _count(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.strip().isascii() or not value.strip().isdigit() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def _seconds(value: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value.strip()) or float(value) == 0:
        raise ValueError("must be a number of seconds above 0")
    return float(value)


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.strip() not in choices:
            raise ValueError(f"must be {' or '.join(choices)}")
        return value.strip()

    return parse


def _list_of(form: re.Pattern[str], what: str) -> Callable[[str], tuple[str, ...]]:
    def parse(value: str) -> tuple[str, ...]:
        entries = tuple(entry.strip().lower() for entry in value.split(",") if entry.strip())
        for entry in entries:
            if not form.fullmatch(entry):
                raise ValueError(f"holds {entry!r}, which is not {what}")
        if not entries:
            raise ValueError(f"is empty; it needs {what}")
        return entries

    return parse


def _feeds(value: str) -> tuple[str, ...]:
    # White space separates; a comma does so only before the next source, for it can stand in an address.
    entries = re.split(r"[\s,]+(?=https?://|factcheck:)", value.strip(" ,"))
    for entry in entries:
        if not re.fullmatch(r"(https?://|factcheck:)[^\s]+", entry):
            raise ValueError(f"holds {entry!r}, which is neither an http(s) address nor a factcheck: query")
    return tuple(dict.fromkeys(entries))


def _rate(value: str) -> str:
    if not re.fullmatch(r"\d+ per (\d+ )?(second|minute|hour|day)s?", value.strip()):
        raise ValueError("must read like '120 per minute'")
    return value.strip()


def _default_database() -> str:
    return f"sqlite:///{user_data_path('obelism') / 'claims.db'}"


def _setting(default: Any, parse: Callable[[str], Any], help: str, *, shown: str | None = None) -> Any:
    """A field of Settings; a callable `default` is asked anew each time and described by `shown`."""
    about = {"parse": parse, "help": help, "shown": shown}
    return field(
        **({"default_factory": default} if callable(default) else {"default": default}), metadata=about
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs; `Settings.from_environment(os.environ)` reads it."""

    database_url: str = _setting(
        _default_database,
        _text,
        "Where the claims are kept: an SQLAlchemy address of SQLite or PostgreSQL. "
        "Created and migrated when missing.",
        shown="an SQLite file in the user's data folder",
    )
    starter_claims: bool = _setting(
        True, _flag, "Load the claims that come with the package. An evaluation on claims of its own sets 0."
    )
    host: str = _setting("127.0.0.1", _text, "The address that the service listens on.")
    port: int = _setting(8750, _count(1, 65535), "The port that the service listens on.")
    workers: int = _setting(
        2, _count(1, 256), "Worker processes; one for each processor core is a good number."
    )
    threads: int = _setting(4, _count(1, 64), "Requests that one worker process handles at a time.")
    hosts: tuple[str, ...] = _setting(
        ("127.0.0.1", "localhost", "[::1]"),
        _list_of(_HOST, "a host name"),
        "Names under which the service may be called (Host header, any port). All others are refused, which "
        "is what defends a reader's machine against DNS rebinding.",
    )
    origins: tuple[str, ...] = _setting(
        EXTENSION_ORIGINS,
        _list_of(_ORIGIN, "an origin such as chrome-extension://<id>"),
        "Origins that may call the service from a browser, besides its own pages. `moz-extension://*` stands "
        "for every Firefox add-on, because Firefox gives each installation a random address.",
    )
    access: str = _setting(
        "open",
        _one_of("open", "token"),
        "`token`: checks, look-ups, feedback and the claims themselves are for programs on this machine, and from "
        "elsewhere for those who have a token with the scope `read`.",
    )
    trusted_proxies: int = _setting(
        0, _count(0, 8), "How many reverse proxies stand before the service and set X-Forwarded-For."
    )
    max_html_bytes: int = _setting(
        5 * 1024 * 1024, _count(1, 1 << 30), "The largest page, as UTF-8. Larger ones are answered 413."
    )
    max_body_bytes: int = _setting(
        16 * 1024 * 1024,
        _count(1, 1 << 30),
        "The largest request body, before and after decompression (JSON escapes make a page longer).",
    )
    max_tags: int = _setting(
        200_000, _count(1, 1 << 30), "The most tags that a page may have; news pages have a few thousand."
    )
    max_depth: int = _setting(
        1_000, _count(10, 100_000), "The most elements of a page that may stand inside one another."
    )
    max_text: int = _setting(
        500_000,
        _count(1_000, 1 << 30),
        "The longest article, in characters; that is a novel. A page with a longer one is answered 413.",
    )
    max_statements: int = _setting(
        2_500, _count(10, 100_000), "The most sentences of an article. A page with more is answered 413."
    )
    max_statement_length: int = _setting(
        1_000,
        _count(100, 100_000),
        "The longest sentence, in characters. A longer one is cut at a comma or a space, and each part read by itself.",
    )
    request_seconds: float = _setting(
        4.0,
        _seconds,
        "Time for one page or look-up. After it the answer is 503, and a worker that hangs is replaced.",
    )
    wait_seconds: float = _setting(
        3.4,
        _seconds,
        "Time that a page or look-up waits while others are read. After it the answer is 503; before, it is taken off "
        "the time for the page, but for the first 0.4 s.",
    )
    receive_seconds: float = _setting(
        10.0,
        _seconds,
        "Time that a client may take to send a request; to take its answer, 5 s more. Then its connection is closed.",
    )
    client_requests: int = _setting(
        3,
        _count(1, 10_000),
        "Requests that one client may have in work at once, a worker; less than `OBELISM_THREADS`, so that one "
        "client alone cannot keep others waiting.",
    )
    rate_limit: str = _setting(
        "120 per minute",
        _rate,
        "Checks, look-ups, lists of claims, single claims and changes of claims, of each so many, that one client may "
        "ask for, and forms of each kind that an editor may send. Counted in each worker, or in Redis.",
    )
    token_failures: str = _setting(
        "10 per minute", _rate, "Wrong tokens that one client may send, to all addresses together."
    )
    secret_key: str = _setting(
        lambda: secrets.token_hex(32),
        _secret,
        "Signs the cookies of editors who are signed in. Nodes that share one database need the same; drawn "
        "anew, a restart signs everybody out.",
        shown="drawn anew at each start",
    )
    rate_limit_storage: str = _setting(
        "memory://",
        _text,
        "Where requests are counted: `memory://`, or `redis://host:6379/0` when nodes share it.",
    )
    limit_local_programs: bool = _setting(
        False,
        _flag,
        "Apply the rate limits to programs on this machine too (loopback, without a browser's headers).",
    )
    cache_bytes: int = _setting(
        64 * 1024 * 1024,
        _count(0, 1 << 36),
        "Memory for the answers to pages seen lately, a worker; 0 turns it off.",
    )
    cache_seconds: float = _setting(600.0, _seconds, "How long such an answer is kept.")
    refresh_seconds: float = _setting(2.0, _seconds, "How often a worker looks for changed claims.")
    feeds: tuple[str, ...] = _setting(
        (),
        _feeds,
        "Sources that `obelism claims sync` fetches: addresses of data feeds, sitemaps or pages, and queries such "
        "as `factcheck:query=vaccine&languageCode=fr`. They are remembered in the database.",
        shown="none",
    )
    sync_minutes: int = _setting(
        15,
        _count(1, 10_080),
        "How old a feed becomes before `obelism serve --sync` and `obelism claims sync --repeat` fetch it again.",
    )
    second_encoder: str = _setting(
        "",
        _text,
        "A second, more exact encoder that orders the results of look-ups: `e5`, which `obelism[precise]` brings, or "
        "the folder of an ONNX sentence model with `model.onnx` and `tokenizer.json`.",
        shown="none",
    )
    fact_check_key: str = _setting("", _text, "Key for the Google Fact Check Tools API.", shown="none")
    index_folder: Path = _setting(  # noqa: RUF009 (it returns a field)
        lambda: user_cache_path("obelism") / "index",
        lambda value: Path(_text(value)).expanduser(),
        "Where the index over the claims is kept. It is derived from the database and may be deleted at any time.",
        shown="`index` in the user's cache folder",
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that `environ` gives; an empty variable counts as not set.

        Raises BadInput naming the variable that cannot be used.
        """
        given: dict[str, Any] = {}
        for setting in fields(cls):
            value = environ.get(variable(setting), "")
            if value == "":
                continue
            try:
                given[setting.name] = setting.metadata["parse"](value)
            except ValueError as error:
                raise BadInput(f"{variable(setting)} {error}") from None
        return cls(**given)

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, when the store is one."""
        found = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(\?.*)?", self.database_url)
        return Path(found[1]) if found else None


def variable(setting: Field[Any]) -> str:
    """The environment variable of a setting."""
    return PREFIX + setting.name.upper()


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none, misspelt ones most likely."""
    known = {variable(setting) for setting in fields(Settings)}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def markdown_table() -> str:
    """All settings as the table of docs/SETTINGS.md."""
    rows = [f"| `{variable(s)}` | {_shown_default(s)} | {s.metadata['help']} |" for s in fields(Settings)]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows])


def _shown_default(setting: Field[Any]) -> str:
    if setting.metadata["shown"]:
        return str(setting.metadata["shown"])
    value = setting.default
    if isinstance(value, bool):
        return f"`{int(value)}`"
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"


if __name__ == "__main__":
    print(markdown_table())
