"""Marks of state secrets, 国家秘密标志 (GB/T 9704-2012, 7.2.2; Law on Guarding State
Secrets): 绝密★, 机密★, 秘密★, with or without a term (机密★10年, 秘密★长期)."""

from __future__ import annotations

from .base import TableRecognizer

_LEVEL = r"(?:绝 ?密|机 ?密|秘 ?密)"


class ClassifiedRecognizer(TableRecognizer):
    """The mark with its star, or a level declared after 密级."""

    ENTITY = "CLASSIFIED"
    CHINESE = True
    PATTERNS = [
        ("mark", _LEVEL + r" ?[★☆✩✪⭐*] ?(?:长期|\d{1,3} ?(?:年|个?月|天|日))?", 0.9),
        ("mark before", r"[★☆✩✪⭐] ?" + _LEVEL, 0.9),
        ("declared", r"(?:密级|保密等级|秘密等级) ?[:：] ?" + _LEVEL, 0.9),
        ("boxed", r"^[【\[(〔]?(?:绝密|机密)[】\])〕]?$", 0.6),
    ]

    def invalidate_result(self, pattern_text: str) -> bool | None:
        # 机密*2 is arithmetic or a footnote only where the asterisk has no term.
        return pattern_text.endswith("*")
