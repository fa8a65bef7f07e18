"""What backup and restore say where they cannot go on."""

from __future__ import annotations


class BackupError(Exception):
    """Says what is the matter and what to do, in the operator's language."""
