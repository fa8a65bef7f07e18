"""Measurements against the alternatives; see README.md."""
