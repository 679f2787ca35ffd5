"""Statement -> candidates: the index over claims. Keeps recall; precision is bought later."""

from obelism.candidates.index import Index
from obelism.candidates.keeper import Keeper, open_or_build
from obelism.candidates.state import Change

__all__ = ["Change", "Index", "Keeper", "open_or_build"]
