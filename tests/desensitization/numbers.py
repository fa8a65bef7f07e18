"""Valid numbers of nobody, by their standards, and how cells hold them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

from hypothesis import strategies as st

from ckanext.edudata.desensitization.recognizers.bank_card import luhn
from ckanext.edudata.desensitization.recognizers.landline import FOUR, THREE
from ckanext.edudata.desensitization.recognizers.mobile import PREFIXES
from ckanext.edudata.desensitization.recognizers.resident_id import (
    PROVINCES,
    check_character,
)

_DIGIT = "0123456789"


def with_check(first17: str) -> str:
    return first17 + check_character(first17)


def with_luhn(body: str) -> str:
    return next(body + d for d in _DIGIT if luhn(body + d))


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text(_DIGIT, min_size=size, max_size=size)


births = st.dates(dt.date(1930, 1, 1), dt.date(2025, 12, 31)).map(
    lambda day: day.strftime("%Y%m%d")
)


def _id(areas: list[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda area, rest, born, last: with_check(area + rest + born + last),
        st.sampled_from(areas),
        digits(4),
        births,
        digits(3),
    )


resident_ids = _id(sorted(PROVINCES))
hmt_permits = st.builds(
    lambda area, born, last: with_check(area + "0000" + born + last),
    st.sampled_from(["81", "82", "83"]),
    births,
    digits(3),
)
foreigner_ids = st.builds(
    lambda area, country, born, last: with_check("9" + area + country + born + last),
    st.sampled_from(sorted(PROVINCES)),
    digits(3),
    births,
    digits(3),
)
registrations = resident_ids.map("G".__add__)
cards = st.builds(
    lambda body, size: with_luhn(("622" + body)[: size - 1]),
    digits(16),
    st.integers(16, 19),
).filter(lambda card: len(set(card)) > 4)
mobiles = st.builds(str.__add__, st.sampled_from(sorted(PREFIXES)), digits(8)).filter(
    lambda number: len(set(number)) > 3
)
landlines = st.one_of(
    st.builds(
        lambda area, first, rest: f"{area}-{first}{rest}",
        st.sampled_from(sorted(THREE)),
        st.sampled_from("35678"),
        digits(7),
    ),
    st.builds(
        lambda area, first, rest: f"{area}-{first}{rest}",
        st.sampled_from(sorted(FOUR)),
        st.sampled_from("35678"),
        digits(6),
    ),
)
plates = st.builds(
    lambda province, city, number: province + city + number,
    st.sampled_from("沪苏浙皖京粤"),
    st.sampled_from("ABCDEFGH"),
    st.one_of(digits(5), digits(5).map("D".__add__), digits(4).map("K".__add__)),
)
emails = st.builds(
    lambda name, host: f"{name}@{host}",
    st.from_regex(r"[a-z][a-z0-9_.]{1,12}[a-z0-9]", fullmatch=True),
    st.sampled_from(["qq.com", "163.com", "sjtu.edu.cn", "shec.edu.cn"]),
)

NUMBERS: dict[str, st.SearchStrategy[str]] = {
    "CN_RESIDENT_ID": resident_ids,
    "HMT_RESIDENCE_PERMIT": hmt_permits,
    "FOREIGNER_ID": foreigner_ids,
    "STUDENT_REGISTRATION": registrations,
    "BANK_CARD": cards,
    "MOBILE": mobiles,
    "LANDLINE": landlines,
    "VEHICLE_PLATE": plates,
    "EMAIL": emails,
}


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _cut(text: str, sign: str, *places: int) -> str:
    edges = [0, *places, len(text)]
    return sign.join(text[a:b] for a, b in pairwise(edges))


def _fours(text: str, sign: str) -> str:
    return _cut(text, sign, *range(4, len(text), 4))


def _hidden(text: str) -> str:
    return text[: len(text) // 2] + "\u200b" + text[len(text) // 2 :]


Dress = Callable[[str], tuple[str, str]]
_EVERY: list[Dress] = [
    lambda n: (n, n),
    lambda n: (f"'{n}", n),
    lambda n: (f'"{n}"', n),
    lambda n: (f'="{n}"', n),
    lambda n: (f"（{n}）", n),
    lambda n: (f"{n}（家长）", n),
    lambda n: (f"{n}、{n}", n),
    lambda n: (f"{n}；另", n),
    lambda n: (f"{n}/", n),
    lambda n: (full_width(n), n),
    lambda n: (_hidden(n), n),
    lambda n: ("\ufeff" + n, n),
]


def _both(text: str) -> tuple[str, str]:
    return text, text


_IDS: list[Dress] = [
    lambda n: _both(_cut(n, " ", 6, 14)),
    lambda n: _both(_cut(n, "-", 6, 14)),
    lambda n: _both(_cut(n, ".", 6, 14)),
    lambda n: _both(_cut(n, "/", 6, 14)),
    lambda n: _both(_fours(n, " ")),
    lambda n: _both(" ".join(n)),
    lambda n: _both(n.lower()),
    lambda n: (n[:-1] + ("Ⅹ" if n[-1] == "X" else n[-1]), n),
]
#: How a number of each kind occurs: the cell's text, and the number in it once the
#: text is normalised.
DRESSES: dict[str, list[Dress]] = {
    "CN_RESIDENT_ID": _EVERY + _IDS,
    "HMT_RESIDENCE_PERMIT": _EVERY + _IDS,
    "FOREIGNER_ID": _EVERY + _IDS,
    "STUDENT_REGISTRATION": [
        *_EVERY,
        lambda n: _both(n.lower()),
        lambda n: _both(_cut(n, " ", 1, 7, 15)),
    ],
    "BANK_CARD": [
        *_EVERY,
        lambda n: _both(_fours(n, " ")),
        lambda n: _both(_fours(n, "-")),
    ],
    "MOBILE": [
        *_EVERY,
        lambda n: _both(f"+86{n}"),
        lambda n: _both(f"+86 {n}"),
        lambda n: _both(f"0086-{n}"),
        lambda n: _both(f"(+86){n}"),
        lambda n: _both(f"86-{n}"),
        lambda n: _both(_cut(n, " ", 3, 7)),
        lambda n: _both(_cut(n, "-", 3, 7)),
        lambda n: _both(_cut(n, ".", 3, 7)),
        lambda n: _both(_cut(n, "·", 3, 7)),
        lambda n: _both(_cut(n, " ", 4, 8)),
        lambda n: _both(" ".join(n)),
        lambda n: (f"tel:{n}", n),
        lambda n: (f"mobile{n}", n),
        lambda n: (f"{n},{n}", n),
        lambda n: (f"{n}.0", n),
    ],
    "LANDLINE": [
        *_EVERY,
        lambda n: _both(f"({n.replace('-', ')')}"),
        lambda n: _both(n.replace("-", " ")),
        lambda n: _both(f"+86-{n[1:]}"),
        lambda n: _both(f"{n}转802"),
    ],
    "VEHICLE_PLATE": [
        *_EVERY,
        lambda n: _both(_cut(n, "·", 2)),
        lambda n: _both(_cut(n, " ", 2)),
        lambda n: _both(n.lower()),
    ],
    "EMAIL": [d for d in _EVERY if "、" not in d("a")[0] and d("a")[0] != "a/"],
}
