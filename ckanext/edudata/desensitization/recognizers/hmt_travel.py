"""Mainland travel permits: 来往内地通行证 (H or M and 8 digits, older ones with two
more digits) and 台湾居民来往大陆通行证 (8 digits). Neither has a checksum, so both
need a word beside them that names them."""

from __future__ import annotations

from .base import AFTER, BEFORE, TableRecognizer


class HmtTravelRecognizer(TableRecognizer):
    """Permits of residents of HK and Macao, and of Taiwan, for the mainland."""

    ENTITY = "HMT_TRAVEL_PERMIT"
    OPEN_NUMBER = True
    CONTEXT = ["回乡证", "通行证", "台胞证", "来往内地", "来往大陆", "港澳", "证件"]
    PATTERNS = [
        ("HK and Macao", BEFORE + r"[HM]\d{8}(?:\d{2})?" + AFTER, 0.4),
        ("Taiwan", BEFORE + r"\d{8}(?:\(?[A-Z]\)?)?" + AFTER, 0.15),
    ]
