"""Settings are one table: read from the environment, refused by name, shown in the documentation."""

from dataclasses import astuple
from pathlib import Path

import pytest

from obelism.article import Limits
from obelism.errors import BadInput
from obelism.settings import Settings, markdown_table, unknown_variables

DOCUMENT = Path(__file__).parents[2] / "docs" / "SETTINGS.md"


def test_without_any_variable_the_service_stays_on_this_machine() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8750)
    assert settings.starter_claims
    assert settings.sqlite_path is not None
    assert settings.sqlite_path.name == "claims.db"


def test_variables_are_read_in_their_own_types() -> None:
    settings = Settings.from_environment(
        {
            "OBELISM_DATABASE_URL": "postgresql+psycopg://localhost/claims",
            "OBELISM_STARTER_CLAIMS": "0",
            "OBELISM_PORT": "9000",
            "OBELISM_HOSTS": "notes.example.org, LOCALHOST",
            "OBELISM_REQUEST_SECONDS": "2.5",
            "OBELISM_WORKERS": "",
        }
    )
    assert settings.database_url == "postgresql+psycopg://localhost/claims"
    assert settings.sqlite_path is None
    assert settings.starter_claims is False
    assert settings.port == 9000
    assert settings.hosts == ("notes.example.org", "localhost")
    assert settings.request_seconds == 2.5
    assert settings.workers == Settings().workers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OBELISM_PORT", "0"),
        ("OBELISM_PORT", "70000"),
        ("OBELISM_PORT", "http"),
        ("OBELISM_PORT", "٨٧٥٠"),
        ("OBELISM_STARTER_CLAIMS", "perhaps"),
        ("OBELISM_ORIGINS", "*"),
        ("OBELISM_ORIGINS", "chrome-extension://*"),
        ("OBELISM_ORIGINS", "null"),
        ("OBELISM_ORIGINS", "https://*"),
        ("OBELISM_HOSTS", "*"),
        ("OBELISM_HOSTS", " , "),
        ("OBELISM_HOSTS", "http://localhost"),
        ("OBELISM_REQUEST_SECONDS", "0"),
        ("OBELISM_REQUEST_SECONDS", "nan"),
        ("OBELISM_RATE_LIMIT", "many"),
        ("OBELISM_ACCESS", "closed"),
        ("OBELISM_DATABASE_URL", "  "),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"^{name} "):
        Settings.from_environment({name: value})


def test_a_page_that_is_read_without_settings_has_the_limits_of_the_default_ones() -> None:
    given = Settings()
    sizes = (given.max_html_bytes, given.max_tags, given.max_depth, given.max_text)
    assert astuple(Limits()) == (*sizes, given.max_statements, given.max_statement_length)


def test_a_misspelt_variable_is_noticed() -> None:
    assert unknown_variables({"OBELISM_PROT": "1", "OBELISM_PORT": "1", "HOME": "/"}) == ["OBELISM_PROT"]


def test_the_documentation_shows_every_setting_with_its_default_and_help() -> None:
    assert markdown_table() in DOCUMENT.read_text(encoding="utf-8"), (
        "docs/SETTINGS.md is behind: paste the output of `python -m obelism.settings` into it"
    )
