"""The labelled articles that the verifier is trained on are well formed, and the check sees what is not."""

import subprocess
import sys
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[2] / "training"
ARTICLE = (
    '{"id": "x", "language": "en", "title": "T", "claims": [{"id": "a", "language": "en", "text": "It rained."}],'
    ' "sentences": ["1", "2", "3", "4", "5", "6", "7", "8"], "labels": [%s], "unsure": []}\n'
)


def check(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TRAINING / "check.py"), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_all_labelled_articles_are_well_formed() -> None:
    done = check()
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        ('{"sentence": 8, "claim": "a", "framing": "asserted"}', "there is no sentence 8"),
        ('{"sentence": 1, "claim": "b", "framing": "asserted"}', "there is no claim b"),
        ('{"sentence": 1, "claim": "a", "framing": "shouted"}', "no such framing, shouted"),
    ],
)
def test_a_label_that_points_nowhere_is_named_by_file_and_line(
    tmp_path: Path, label: str, fault: str
) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(ARTICLE % "" + (ARTICLE % label).replace('"x"', '"y"'), "utf-8")
    done = check(path)
    assert done.returncode == 1
    assert "some.jsonl line 2" in done.stdout
    assert fault in done.stdout
