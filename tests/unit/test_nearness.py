"""How near claims are by the second encoder: their vectors are kept, those of readers' texts are not."""

from collections.abc import Sequence

import numpy as np
import pytest

from obelism.encoder import Vectors
from obelism.matches.nearness import PORTION, Nearness
from obelism.model import Claim, Phrasing

# The angle of each text's vector, in degrees.
ANGLES = {"said": 0.0, "near": 10.0, "far": 60.0, "farther": 80.0, "near too": 10.0}


class Angles:
    """A small encoder; counts what it is given."""

    name = "angles"
    dimensions = 2

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        turned = np.radians([ANGLES[text.partition("#")[0]] for text in texts])
        return np.column_stack([np.cos(turned), np.sin(turned)]).astype(np.float32)


def claims(*texts: str) -> list[Claim]:
    return [Claim(text, text, "en") for text in texts]


def test_the_nearest_claim_stands_highest_above_the_mean() -> None:
    near, far, farther = Nearness(Angles()).of("said", claims("near", "far", "farther"))
    assert near > far > farther
    assert near + far + farther == pytest.approx(0)


def test_cosines_that_an_encoder_squeezes_together_say_as_much() -> None:
    class Squeezed(Angles):
        def encode(self, texts: Sequence[str]) -> Vectors:
            # A third direction that all texts share.
            flat = super().encode(texts) * np.float32(0.6)
            return np.column_stack([flat, np.full(len(flat), 0.8, np.float32)])

    some = claims("near", "far", "farther")
    assert Nearness(Squeezed()).of("said", some) == pytest.approx(
        Nearness(Angles()).of("said", some), abs=1e-4
    )


def test_the_nearest_wording_of_a_claim_counts() -> None:
    (one,) = claims("farther")
    reworded = Claim("reworded", "farther", "en", phrasings=(Phrasing("near", "fr"),))
    first, second = Nearness(Angles()).of("said", [one, reworded])
    assert second > first


def test_equal_claims_are_equally_near() -> None:
    assert Nearness(Angles()).of("said", claims("near", "near too")).tolist() == [0, 0]
    assert Nearness(Angles()).of("said", []).tolist() == []


def test_a_claim_is_encoded_once_and_a_readers_text_each_time() -> None:
    encoder = Angles()
    nearness = Nearness(encoder)
    for _ in range(2):
        nearness.of("said", claims("near", "far"))
    assert encoder.read == ["said", "near", "far", "said"]


def test_no_more_claims_are_kept_than_there_is_room_for() -> None:
    encoder = Angles()
    nearness = Nearness(encoder, kept=2)
    nearness.of("said", claims("near", "far", "farther"))
    nearness.of("said", claims("farther"))
    nearness.of("said", claims("near"))
    assert encoder.read == ["said", "near", "far", "farther", "said", "said", "near"]


def test_when_it_is_enough_the_claims_that_are_left_lie_at_the_mean() -> None:
    encoder = Angles()
    some = claims(*(f"{'near' if number % 2 else 'far'}#{number}" for number in range(PORTION + 3)))
    found = Nearness(encoder).of("said", some, enough=lambda: True)
    assert len(encoder.read) == 1 + PORTION
    assert found[:PORTION].all()
    assert found[PORTION:].tolist() == [0, 0, 0]
