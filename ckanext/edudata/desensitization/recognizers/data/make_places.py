"""Make ``places.txt`` from the division codes of ``china-division`` 2.7 (MIT).

    python make_places.py AREAS.JSON STREETS.JSON

Names of districts, counties, towns and subdistricts without what they are called
(徐行镇 -> 徐行), of two to four characters: many of them are spelt like names of
persons, and stand among one another.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

_STREET = re.compile(
    "(?:街道办事处|街道|地区办事处|[一-龥]{1,4}族乡|镇|乡|办事处|地区|苏木|管理区|开发区|园区)$"
)
_AREA = re.compile("(?:[一-龥]{1,4}族自治县|自治县|区|县|市|旗)$")


def main(areas: str, streets: str) -> None:
    found = set()
    for path, ending in ((areas, _AREA), (streets, _STREET)):
        for place in json.loads(Path(path).read_text("utf-8")):
            name = ending.sub("", place["name"])
            if re.fullmatch("[\u4e00-\u9fff]{2,4}", name):
                found.add(name)
    target = Path(__file__).with_name("places.txt")
    target.write_text("\n".join(sorted(found)) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
