"""Residence permit for HK, Macao and Taiwan residents, 港澳台居民居住证.

Built as a resident identity number (GB 11643) with the areas 810000, 820000, 830000;
Measures for the Residence Permit of HK, Macao and Taiwan Residents (2018), Art. 3.
"""

from __future__ import annotations

from .base import TableRecognizer
from .resident_id import HMT_PROVINCES, bare, valid_18


class HmtResidenceRecognizer(TableRecognizer):
    """18 digits that begin with 81, 82 or 83, with the checksum of GB 11643."""

    ENTITY = "HMT_RESIDENCE_PERMIT"
    CONTEXT = ["居住证", "港澳台"]
    PATTERNS = [
        (
            "18 digits",
            r"(?<!\d)(?<!\d\.)8[ \t\-._]{0,2}[123](?:[ \t\-._]{0,2}\d){15}"
            r"[ \t\-._]{0,2}[\dXx](?![0-9])",
            0.5,
        )
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        return valid_18(bare(pattern_text), HMT_PROVINCES)
