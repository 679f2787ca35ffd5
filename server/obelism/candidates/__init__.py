"""Statement -> candidates: the index over claims. Keeps recall; precision is bought later."""

from obelism.candidates.index import Change, Index

__all__ = ["Change", "Index"]
