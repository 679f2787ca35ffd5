"""Candidates -> matches: is the statement the claim? Buys precision."""

from obelism.matches.features import Asked, page_names
from obelism.matches.judge import Matcher, Model, default_model
from obelism.matches.nearness import Nearness

__all__ = ["Asked", "Matcher", "Model", "Nearness", "default_model", "page_names"]
