"""Candidates -> matches: is the statement the claim? Buys precision."""

from obelism.matches.judge import Asked, Matcher, Model, default_model

__all__ = ["Asked", "Matcher", "Model", "default_model"]
