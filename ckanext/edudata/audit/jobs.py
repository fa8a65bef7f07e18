"""Proving the trail as a job."""

from __future__ import annotations

from ckanext.edudata.audit import anchors, proving, sealing


def verify(actor_id: str | None) -> None:
    """Prove the whole trail, against the anchors that are kept by themselves."""
    path = sealing.anchors_file()
    found = anchors.read(path) if path is not None and path.exists() else []
    proving.verify(found, actor_id=actor_id)
