"""A name that stands alone among cells that are none: one slip in a column of
districts, subjects, remarks or numbers.

What the weights and the second engine say of the cell is weighed against how like names
the *other* words of the column are: among plants, places and brands many words pass for
names, among subjects, posts and states hardly any.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from ..text import simplified
from .name_forms import BARE_NAME, public_figures, squeeze, surnames
from .name_weights import name_scores

#: Cells below this need not be thought of.
CANDIDATE = 0.6
#: From this score on a cell is a finding.
THRESHOLD = 0.5
#: What the column's name says of words that are like names: nothing more is believed.
_WORKS = re.compile(
    r"品牌|商标|厂[商家牌]|企业|公司|书名|书目|题名|篇名|作品|曲[名目]|歌[名曲]|诗[名题词]|课文|篇目|"
    r"人物|历史|典故|角色|剧[名目]|片名|电影|景[点区]|故居|名胜|brand|title|book|song",
    re.I,
)
_NATURE = re.compile(
    r"植物|动物|品种|树种|花[卉名]|苗木|菜|食[品材]|药[材品名]|水果|产品|品名|商品|物[品种资]|"
    r"地[名点区]|区域|街[道镇]|[乡镇路村桥站河园楼馆]名?$|城市|小区|社区|居委|国家|plant|animal|"
    r"species|place|city|town|street",
    re.I,
)
_LIKE, _FLOOR = 0.3, 0.02


def may_stand_alone(text: str, score: float) -> bool:
    """Whether a squeezed cell of this :func:`.name_score` is worth a second witness."""
    if text.isascii():
        return score > 0.9 and " " in text
    return score >= CANDIDATE and bool(BARE_NAME.fullmatch(text))


def _no_surname(text: str) -> bool:
    known = surnames()
    return "·" not in text and text[:1] not in known and text[:2] not in known


def lone_name_scores(
    texts: Sequence[str], said: Sequence[bool], words: Sequence[str], header: str = ""
) -> list[float]:
    """How sure it is that each of ``texts`` is somebody's name, 0 to 1.

    ``said``: whether the second engine takes each for a person. ``words``: a sample of
    the column's unique cells, the texts themselves among them or not.
    """
    own = {simplified(squeeze(text)) for text in texts}
    others = [simplified(squeeze(word)) for word in words]
    others = [w for w in others if BARE_NAME.fullmatch(w) and w not in own]
    like = sum(score > _LIKE for score in name_scores(others))
    # One word says little.
    share = max(0.0, like - 0.5) / (len(others) + 4.0)
    alike = math.log(max(share, _FLOOR) / _FLOOR)
    cost, short = 2.2 * alike, 0.5
    if _WORKS.search(header):
        cost += 6.0
    elif _NATURE.search(header):
        cost, short = alike + 2.0, 2.5
    lasts = Counter(word[-1] for word in others)
    firsts = Counter(word[0] for word in others)
    found = []
    for text, score, yes in zip(texts, name_scores(texts), said, strict=True):
        plain = simplified(squeeze(text))
        odds = math.log(max(score, 1e-3) / max(1 - score, 3e-3))
        odds += 1.5 if yes else -2.0
        odds -= short if len(plain) == 2 else 0.0
        # 萨克斯 and 马林巴 are spelt like names from afar.
        odds -= 2.0 if not plain.isascii() and _no_surname(plain) else 0.0
        odds -= 4.0 if plain in public_figures() else 0.0
        # 徐泾 among 朱泾 and 吴泾 is of their kind.
        odds -= 1.5 * (lasts[plain[-1:]] > 1) + 0.5 * (firsts[plain[:1]] > 2)
        found.append(1 / (1 + math.exp(-(odds - 2.2 - cost))))
    return found
