"""The command line: notes in the terminal, clear mistakes, exit codes."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from obelism import __version__
from obelism.api.shapes import NotesShown, ResultsShown
from obelism.cli import serve
from obelism.cli.token import token
from obelism.errors import Unavailable
from obelism.records import dump
from obelism.settings import Settings
from obelism.store import open_store
from serving import ARTICLE, BRIDGE, CLAIMS, settings_in

PROGRAM = str(Path(sys.executable).with_name("obelism"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    store = open_store(settings_in(folder).database_url)
    store.put(CLAIMS)
    store.close()
    return folder


def obelism(
    home: Path, *arguments: str, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[bytes]:
    settings = settings_in(home)
    env = {name: value for name, value in os.environ.items() if not name.startswith("OBELISM_")}
    env |= {
        "HOME": str(home),
        "COLUMNS": "100",
        "OBELISM_DATABASE_URL": settings.database_url,
        "OBELISM_INDEX_FOLDER": str(settings.index_folder),
        "OBELISM_STARTER_CLAIMS": "0",
    }
    done = subprocess.run(
        [PROGRAM, *arguments], input=stdin, capture_output=True, env=env | environ, timeout=180, check=False
    )
    assert b"Traceback" not in done.stderr
    return done


def test_the_version_and_the_help_are_there(home: Path) -> None:
    assert obelism(home, "--version").stdout.decode() == f"obelism, version {__version__}\n"
    told = obelism(home, "--help").stdout.decode()
    for command in ("serve", "check", "lookup", "claims", "token", "doctor"):
        assert f"  {command} " in told


def test_check_prints_the_notes_of_a_file_with_their_sources(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(ARTICLE, "utf-8")
    done = obelism(home, "check", str(page))
    told = done.stdout.decode()
    assert done.returncode == 0
    assert "Quiet days in Larnoc" in told
    assert "† “The old harbour bridge in Larnoc was closed in 2019" in told
    assert "asserted here" in told
    assert "Checkers: “False”, 2020-02-03" in told
    assert "    https://checkers.example/bridge\n" in told
    assert "City of Larnoc denies it, 2019-05-06" in told
    assert "6 sentences read, 1 note, 1 flag. No note is no clean bill." in told


def test_check_prints_the_answer_of_the_service_as_json(home: Path) -> None:
    done = obelism(home, "check", "-", "--json", "--url", "https://news.example/", stdin=ARTICLE.encode())
    shown = NotesShown.model_validate_json(done.stdout)
    assert shown.page.url == "https://news.example/"
    assert [note.claim.id for note in shown.notes] == [BRIDGE.id]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "utf-8-sig"])
def test_check_reads_a_file_in_the_charset_that_it_is_in(home: Path, encoding: str) -> None:
    french = ARTICLE.replace("Quiet days in Larnoc", "Été tranquille à Larnoc").replace("utf-8", encoding)
    if encoding == "latin-1":
        french = french.replace("<head>", '<head><meta charset="iso-8859-1">')
    done = obelism(home, "check", "-", "--json", stdin=french.encode(encoding))
    assert json.loads(done.stdout)["page"]["title"] == "Été tranquille à Larnoc"


@pytest.fixture
def site() -> Iterator[str]:
    """A web site on this machine that serves the article."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # A mark before the text counts more than what the server says of it.
            encoding = {"/article": "latin-1", "/marked": "utf-8-sig"}.get(self.path)
            if encoding is None:
                self.send_error(410)
                return
            content = ARTICLE.replace("Quiet days", "Jours tranquilles, été").encode(encoding)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=iso-8859-1")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("page", ["article", "marked"])
def test_check_fetches_an_address(home: Path, site: str, page: str) -> None:
    done = obelism(home, "check", f"{site}/{page}", "--json")
    shown = NotesShown.model_validate_json(done.stdout)
    assert (shown.page.url, shown.page.title) == (f"{site}/{page}", "Jours tranquilles, été in Larnoc")
    assert shown.counts.notes == 1


def test_an_address_that_does_not_answer_is_named(home: Path, site: str) -> None:
    assert obelism(home, "check", f"{site}/gone").stderr.decode() == f"obelism: {site}/gone: answered 410\n"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        done = obelism(home, "check", address)
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"obelism: {address}: ")


def test_lookup_ranks_claims_and_takes_the_filters_of_the_service(home: Path) -> None:
    told = obelism(home, "lookup", BRIDGE.text).stdout.decode()
    assert "same claim" in told
    assert told.index(BRIDGE.id) < told.index("mayor-salary")
    found = obelism(home, "lookup", "Larnoc", "--json", "--status", "supported", "--limit", "1").stdout
    assert [result.claim.id for result in ResultsShown.model_validate_json(found).results] == ["mayor-salary"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "told"),
    [
        (["check", "/no/such/file.html"], b"", 1, "/no/such/file.html: No such file or directory"),
        (["check", "/"], b"", 1, "/: Is a directory"),
        (["check", "-"], b"", 1, "-: is empty"),
        (["check", "-"], b"<p>Log in</p>", 1, ""),
        (["check", "-"], b"a" * 5_300_000, 1, "-: is larger than 5242880 bytes (OBELISM_MAX_HTML_BYTES)"),
        (["check", "http://[::1"], b"", 1, "http://[::1: "),
        (["check"], b"", 2, ""),
        (["check", "-", "--language", "in French"], b"", 2, ""),
        (["check", "-", "--url", "news.example"], b"", 2, ""),
        (["lookup", " "], b"", 1, "lookup.text: empty"),
        (["lookup", "a", "--since", "lately"], b"", 1, "lookup.since: "),
        (["lookup", "a", "--limit", "0"], b"", 2, ""),
        (["token", "revoke", "nobody"], b"", 1, "no token nobody"),
        (["claims", "show", "nothing"], b"", 1, ""),
    ],
)
def test_a_mistake_is_one_clear_line(
    home: Path, arguments: list[str], stdin: bytes, code: int, told: str
) -> None:
    done = obelism(home, *arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, b"")
    if code == 1:
        assert done.stderr.decode().startswith(f"obelism: {told}")
        assert done.stderr.count(b"\n") == 1


def test_a_setting_that_cannot_be_used_is_named(home: Path) -> None:
    done = obelism(home, "check", "-", stdin=ARTICLE.encode(), OBELISM_PORT="http")
    assert (done.returncode, done.stderr) == (
        1,
        b"obelism: OBELISM_PORT must be a whole number from 1 to 65535\n",
    )


def test_a_database_that_cannot_be_opened_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    done = obelism(home, "lookup", "a", OBELISM_DATABASE_URL=f"sqlite:///{tmp_path}/file/claims.db")
    assert done.returncode == 1
    assert done.stderr.decode().startswith("obelism: ")
    assert str(tmp_path) in done.stderr.decode()


def test_a_port_that_is_taken_is_named_with_the_way_out(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = obelism(home, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr.decode()
    assert "OBELISM_PORT" in done.stderr.decode()


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for the workers' numbers of a `Server` that is made in this process."""
    for name in ("PROMETHEUS_MULTIPROC_DIR", "TOKENIZERS_PARALLELISM", "SERVER_SOFTWARE"):
        monkeypatch.setenv(name, "")  # it sets them, and they are taken back
    monkeypatch.setattr(serve, "_memory", lambda: str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("host", "listens"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("::", "::")]
)
def test_the_service_listens_on_addresses_of_both_kinds(host: str, listens: str) -> None:
    settings = replace(Settings(), host=host)
    assert serve.Server(settings).cfg.address == [(listens, 8750)]
    serve._check_port(replace(settings, port=0))


def test_a_service_that_cannot_start_leaves_no_folder(quiet: Path) -> None:
    class Broken(serve.Server):
        def load(self) -> None:
            raise Unavailable("no database")

    with pytest.raises(Unavailable, match="no database"):
        Broken(Settings()).run()
    assert list(quiet.iterdir()) == []


def test_what_a_killed_service_has_left_in_memory_is_removed_and_what_another_uses_is_not(
    quiet: Path,
) -> None:
    other = serve.Server(Settings())
    left, just_made = quiet / f"{serve.NUMBERS}left", quiet / f"{serve.NUMBERS}just-made"
    for folder in (left, just_made):
        folder.mkdir()
    for old in (left, other.numbers):
        os.utime(old, (0, 0))
    serve.Server(Settings())
    assert not left.exists()
    assert just_made.exists()
    assert Path(other.numbers).exists()


@pytest.mark.parametrize("error", [KeyError, OSError])  # Python before 3.13, and since
def test_tokens_are_made_by_a_user_without_a_name_and_for_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr("getpass.getuser", Mock(side_effect=error("getpwuid(): uid not found: 12345")))
    monkeypatch.setenv("OBELISM_DATABASE_URL", f"sqlite:///{tmp_path / 'claims.db'}")
    monkeypatch.setenv("OBELISM_STARTER_CLAIMS", "0")
    assert CliRunner().invoke(token, ["create", "[/desk]"]).exit_code == 0
    listed = CliRunner().invoke(token, ["list"])
    assert "[/desk]" in listed.output


def test_a_token_is_made_listed_and_revoked(home: Path) -> None:
    made = obelism(home, "token", "create", "desk", "--scope", "edit", "--days", "7")
    secret = made.stdout.decode().strip()
    settings = settings_in(home)
    store = open_store(settings.database_url)
    token = store.tokens.check(secret)
    assert token is not None
    assert (token.name, token.scopes) == ("desk", frozenset({"edit"}))
    listed = obelism(home, "token", "list").stdout.decode()
    assert "desk" in listed
    assert secret not in listed
    assert obelism(home, "token", "revoke", "desk").returncode == 0
    assert store.tokens.check(secret) is None
    store.close()


def test_the_doctor_finds_an_installation_well_and_names_what_is_not(home: Path) -> None:
    well = obelism(home, "doctor")
    assert well.returncode == 0, well.stdout
    assert "holds 2 claims" in well.stdout.decode()
    ill = obelism(home, "doctor", OBELISM_RATE_LIMIT_STORAGE="redis://127.0.0.1:1/0", OBELISM_PROT="1")
    told = ill.stdout.decode()
    assert ill.returncode == 1
    assert "redis that counts requests does not answer" in told
    assert "unknown settings: OBELISM_PROT" in told


def test_the_first_command_makes_the_database_with_the_starter_claims(tmp_path: Path) -> None:
    done = obelism(tmp_path, "lookup", "Musk and Putin", "--json", "--limit", "1", OBELISM_STARTER_CLAIMS="1")
    (result,) = ResultsShown.model_validate_json(done.stdout).results
    assert "Putin" in result.claim.text + " ".join(p.text for p in result.claim.phrasings)


def test_claims_that_were_imported_are_found(tmp_path: Path) -> None:
    source = tmp_path / "claims.jsonl"
    source.write_text("".join(dump(claim) + "\n" for claim in CLAIMS), "utf-8")
    assert obelism(tmp_path, "claims", "import", str(source)).returncode == 0
    done = obelism(tmp_path, "lookup", BRIDGE.text, "--json", "--limit", "1")
    assert ResultsShown.model_validate_json(done.stdout).results[0].claim.id == BRIDGE.id
