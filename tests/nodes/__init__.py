"""A site of the tests' own on loopback: two PostgreSQL servers, three service nodes, nginx, and its traffic."""

from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"
