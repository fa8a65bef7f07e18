"""Make ``name_weights.json`` from jieba's dictionary (MIT).

    python make_name_weights.py DICT.TXT > name_weights.json

For the first, second and third character of a name: the natural logarithm of how much
likelier the character is there in jieba's personal names (tag ``nr``, with a surname of
``surnames.txt``) than in its other words of two to four characters. Add-one smoothing.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def main(dictionary: str) -> None:
    surnames = set((HERE / "surnames.txt").read_text("utf-8").split())
    names: list[Counter[str]] = [Counter() for _ in range(3)]
    words: list[Counter[str]] = [Counter() for _ in range(3)]
    for line in Path(dictionary).read_text("utf-8").splitlines():
        word, _, tag = line.split(" ")
        if not 2 <= len(word) <= 4 or not all("\u4e00" <= c <= "\u9fff" for c in word):
            continue
        size = 2 if word[:2] in surnames else 1
        if tag == "nr" and word[:size] in surnames and 1 <= len(word) - size <= 2:
            names[0][word[:size]] += 1
            for place, char in enumerate(word[size:]):
                names[place + 1][char] += 1
        elif not tag.startswith("nr"):
            for place, char in enumerate(word[:3]):
                words[place][char] += 1
    tables = []
    for place in range(3):
        good, bad = names[place], words[place]
        n, m = sum(good.values()), sum(bad.values())
        keys = sorted(set(good) | {c for c, count in bad.items() if count > 4})
        v = len(keys)
        tables.append(
            {
                key: round(
                    math.log((good[key] + 1) / (n + v))
                    - math.log((bad[key] + 1) / (m + v)),
                    1,
                )
                for key in keys
            }
        )
    json.dump(tables, sys.stdout, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
