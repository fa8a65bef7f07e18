"""Names in Hanyu Pinyin (GB/T 28039-2011: surname and given name apart, surname first
at home, last abroad). One cell says little; a column of them is a column of names."""

from __future__ import annotations

import re

_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
_FINAL = (
    r"(?:iang|iong|uang|ang|eng|ian|iao|ing|ong|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|"
    r"ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_GIVEN = re.compile(rf"(?:{_INITIAL}{_FINAL}['\-]?){{1,3}}")
_WORDS = re.compile(r"([A-Za-z]{2,9})(?:,? |,)([A-Za-z][A-Za-z'\-]{0,17})")
#: Those that nine of ten Chinese bear, and the commonest of two syllables.
_SURNAMES = frozenset(
    re.findall(
        r"\w+",
        """
        zhang wang li zhao chen liu yang huang zhou wu xu sun hu zhu gao lin he guo ma
        luo liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen
        zeng peng lv lyu lu su jiang cai jia ding wei xue ye yan pan du dai xia zhong
        tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu
        qin gu hou shao meng long wan duan lei qian yin yi chang qiao lai gong wen
        ouyang sima zhuge shangguan huangfu murong
        """,
    )
)


def pinyin_name(text: str) -> bool:
    """Whether a text is a common surname and a given name of one to three syllables."""
    words = _WORDS.fullmatch(text.strip())
    if not words:
        return False
    first, second = words[1].lower(), words[2].lower()
    return (first in _SURNAMES and bool(_GIVEN.fullmatch(second))) or (
        second in _SURNAMES and bool(_GIVEN.fullmatch(first))
    )
