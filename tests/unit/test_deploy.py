"""What deploy/ ships names settings that exist, and agrees with the service about sizes and times."""

import re
from pathlib import Path

from obelism.settings import Settings, unknown_variables

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]


def text(*parts: str) -> str:
    return DEPLOY.joinpath(*parts).read_text("utf-8")


def test_every_variable_is_a_setting() -> None:
    named = {name for path in FILES for name in re.findall(r"\bOBELISM_[A-Z_]+", path.read_text("utf-8"))}
    # The memory of a container is the compose file's own business.
    assert unknown_variables(dict.fromkeys(named - {"OBELISM_MEMORY"}, "")) == []
    assert "OBELISM_DATABASE_URL" in named


def test_the_example_environments_can_be_read() -> None:
    for example in ("systemd/obelism.env.example", "compose/env.example"):
        lines = [line for line in text(example).splitlines() if line and not line.startswith("#")]
        given = dict(line.split("=", 1) for line in lines)
        assert Settings.from_environment(given).hosts


def test_all_nodes_sign_the_cookies_of_editors_with_one_key() -> None:
    # Drawn by each node for itself, an editor whom nginx sends to another node would be signed out.
    assert "OBELISM_SECRET_KEY: ${OBELISM_SECRET_KEY:?" in text("compose", "compose.yaml")
    for example in ("systemd/obelism.env.example", "compose/env.example"):
        assert "OBELISM_SECRET_KEY=\n" in text(example)
    assert "OBELISM_SECRET_KEY" in (DEPLOY.parent / "docs" / "OPERATING.md").read_text("utf-8")


def test_one_failing_feed_does_not_keep_claims_from_being_compared() -> None:
    unit = dict(
        line.split("=", 1) for line in text("systemd", "obelism-sync.service").splitlines() if "=" in line
    )
    # systemd runs ExecStartPost only after a success, and `claims sync` ends with 1 when a feed failed.
    assert "ExecStartPost" not in unit
    assert unit["ExecStopPost"].endswith("claims suggest")
    assert int(unit["TimeoutStopSec"]) >= int(unit["TimeoutStartSec"])


def test_nginx_takes_the_largest_body_and_keeps_it_in_memory() -> None:
    proxy = text("nginx", "proxy.conf")
    sizes = {
        re.search(rf"{name} (\d+)m;", proxy)[1]
        for name in ("client_max_body_size", "client_body_buffer_size")
    }
    assert sizes == {str(Settings().max_body_bytes // 1024**2)}
    assert "proxy_max_temp_file_size 0;" in proxy


def test_no_log_holds_what_somebody_searched_for() -> None:
    for site in ("nginx/site.conf", "compose/nginx.conf"):
        (format,) = re.findall(r"log_format obelism '([^']*)'", text(site))
        assert not re.search(r"\$(request|request_uri|args|query_string|http_\w+|request_body)\b", format)
        assert re.search(r"error_log \S+ error;", text(site))


def test_only_calls_that_change_nothing_are_asked_again_of_another_node() -> None:
    blocks = re.findall(r"location (.*?) \{(.*?)\}", text("nginx", "proxy.conf"), re.DOTALL)
    again = [where for where, rules in blocks if "non_idempotent" in rules]
    assert again == ["~ ^/v1/(notes|lookups)$"]
