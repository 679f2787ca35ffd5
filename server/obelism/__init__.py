"""Obelism: side notes for contested claims in news pages."""

__version__ = "0.1.0"
