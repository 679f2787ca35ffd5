"""What deploy/ ships names settings that exist, and agrees with the service about sizes and times."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    for path in (*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("systemd/*.timer")):
        # A node's port, and a program that is there.
        unit = path.read_text("utf-8").replace("/opt/obelism/bin/obelism", "/bin/true")
        (tmp_path / path.name.replace("@", "@8751")).write_text(unit)
    units = [str(path) for path in tmp_path.iterdir()]
    assert len(units) == 5
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=True
    )
    assert [line for line in told.stderr.splitlines() if "obelism" in line] == []


def test_the_compose_file_names_only_what_it_has() -> None:
    compose = pytest.importorskip("yaml").safe_load(text("compose", "compose.yaml"))
    services = compose["services"]
    assert set(services) >= {"node1", "node2", "node3", "sync", "nginx", "database", "redis"}
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        mounted = [volume.split(":")[0] for volume in service.get("volumes", ())]
        for source in mounted:
            assert source in compose["volumes"] or (DEPLOY / "compose" / source).is_file(), source
    nodes = set(re.findall(r"server (\w+):8750", text("compose", "nginx.conf")))
    assert nodes == {name for name in services if name.startswith("node")}


def test_nginx_waits_for_longer_than_a_node_lets_a_page_wait_and_reads_it() -> None:
    proxy, settings = text("nginx", "proxy.conf"), Settings()
    longest = settings.wait_seconds + settings.request_seconds
    for name in ("proxy_read_timeout", "proxy_next_upstream_timeout"):
        found = re.search(rf"{name} (\d+)s;", proxy)
        assert found
        assert int(found[1]) > longest
    assert f"({settings.request_seconds:g} s)" in proxy
    assert f"({settings.wait_seconds:g} s)" in proxy


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
