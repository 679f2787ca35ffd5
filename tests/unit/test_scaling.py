"""docs/SCALING.md is written from what was measured."""

from pathlib import Path

from bench import scaling

NUMBERS = {
    "claims": 300_000.0,
    "page_cpu_ms": 100.0,
    "ten_times_the_claims": 2.0,
    "disk_mb": 512.0,
    "build_claims_per_cpu_s": 1000.0,
}


def test_a_plan_grows_with_readers_and_by_powers_of_ten_with_claims() -> None:
    small, large = scaling.plan(NUMBERS, 300_000, 1_000_000), scaling.plan(NUMBERS, 3_000_000, 2_000_000)
    assert (small.page_cpu_ms, large.page_cpu_ms) == (100, 200)
    assert large.pages_per_s == 2 * small.pages_per_s
    assert (small.cores, large.cores) == (12, 47)
    assert (small.nodes, large.nodes) == (2, 4)
    assert large.index_gb == 10 * small.index_gb == 5


def test_a_run_replaces_the_numbers_of_the_last_one_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "SCALING.md"
    document.write_text(f"before\n{scaling.BEGIN}\nold\n{scaling.END}\nafter\n", "utf-8")
    scaling.write(NUMBERS, document)
    scaling.write(NUMBERS, document)
    text = document.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| claims | 300,000 |\n") == 1
    assert text.count("| ten times the claims | 2 |\n") == 1


def test_the_document_has_the_place_that_a_run_fills() -> None:
    text = scaling.DOCUMENT.read_text("utf-8")
    assert text.count(scaling.BEGIN) == text.count(scaling.END) == 1
