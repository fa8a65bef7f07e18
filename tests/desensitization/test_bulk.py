"""Shapes and bulk answers say what the recognizers say of each text."""

from __future__ import annotations

import re
from functools import lru_cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.recognizers import RECOGNIZERS
from ckanext.edudata.desensitization.recognizers.base import FLAGS
from ckanext.edudata.desensitization.recognizers.resident_id import check_character
from ckanext.edudata.desensitization.scanner import Hits, scanner
from ckanext.edudata.desensitization.shapes import Unsupported
from ckanext.edudata.desensitization.text import normalise, whole_number

_LIKE = st.text("0123456789xX", min_size=7, max_size=19)
_IDS = st.builds(
    lambda area, year, month, day, last: _with_check(
        f"{area}{year}{month:02d}{day:02d}{last:03d}"
    ),
    st.sampled_from(["310101", "620102", "810000", "911111", "440300", "990000"]),
    st.integers(1870, 2031),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 999),
)
_WORDS = st.sampled_from(
    [
        "电话",
        "学号",
        "身份证",
        "秘密★",
        "QQ",
        "wxid_",
        "skype号:",
        "出生于",
        "号",
        "路",
        "室",
        " ",
        "@",
        ".cn",
        "a",
        "-",
    ]
)
_TEXTS = st.lists(_WORDS | _LIKE | st.text(max_size=4), max_size=5).map("".join)


def _with_check(first17: str) -> str:
    return first17 + check_character(first17)


def _same_shape(number: str, others: list[str]) -> list[str]:
    """Texts of one shape: the digits of the others in the places of the first's."""
    made = [number]
    for other in others:
        digits = iter(re.sub(r"\D", "", other) or "7")
        made.append("".join(next(digits, "3") if c.isdigit() else c for c in number))
    return made


def _one(found: Hits | dict[int, Hits] | None, place: int) -> Hits:
    if isinstance(found, dict):
        return found.get(place, ())
    return found or ()


@settings(deadline=None, max_examples=150)
@given(_IDS | _LIKE, st.lists(_IDS | _LIKE, min_size=12, max_size=12), st.booleans())
def test_a_group_is_told_as_its_texts(
    number: str, more: list[str], named: bool
) -> None:
    texts = _same_shape(number, more)
    shape = scanner().alphabet.shape(number)
    header = scanner().named("证件号码 电话 银行") if named else frozenset()
    together = scanner().group(texts, shape, header)
    for place, text in enumerate(texts):
        alone = scanner().group([text], shape, header)
        assert _one(together, place) == _one(alone, 0), shape


@settings(deadline=None, max_examples=150)
@given(
    st.from_regex(
        r"[a-z0-9_.]{1,8}@[a-z0-9\-.]{1,9}\.(?:cn|com|png|[a-z]{2,3})", fullmatch=True
    ),
    st.randoms(use_true_random=False),
)
def test_addresses_of_one_shape(address: str, chance: Random) -> None:
    def other() -> str:
        letters = [chance.choice("abgnpxyz") if c.isalpha() else c for c in address]
        return "".join(chance.choice("0159") if c.isdigit() else c for c in letters)

    texts = [address, *(other() for _ in range(12))]
    shape = scanner().alphabet.shape(address)
    together = scanner().group(texts, shape)
    for place, text in enumerate(texts):
        assert _one(together, place) == _one(scanner().group([text], shape), 0)


@lru_cache(maxsize=1)
def widened() -> list[tuple[str, re.Pattern[str], re.Pattern[str], bool]]:
    """Every pattern with its widened form, and whether both say the same."""
    found = []
    for cls in RECOGNIZERS:
        for name, pattern, _ in cls.PATTERNS:
            try:
                wide, same = scanner().alphabet.widened(pattern)
            except Unsupported:
                continue
            flags = re.DOTALL | re.MULTILINE
            place = f"{cls.ENTITY}: {name}"
            found.append(
                (place, re.compile(pattern, FLAGS), re.compile(wide, flags), same)
            )
    return found


@settings(deadline=None, max_examples=400)
@given(_TEXTS)
def test_no_pattern_matches_past_its_shape(text: str) -> None:
    """Where the widened pattern is silent, so is the pattern."""
    text = whole_number(normalise(text)).replace("\n", " ")
    alphabet = scanner().alphabet
    shape = alphabet.shape(text)
    assert len(shape) == len(text)
    for name, pattern, wide, same in widened():
        found, widely = bool(pattern.search(text)), bool(wide.search(shape))
        assert widely or not found, name
        if same and "\ue000" not in shape:
            assert widely == found, name


@pytest.mark.parametrize("cls", RECOGNIZERS, ids=lambda cls: cls.ENTITY)
def test_every_pattern_can_be_widened(cls: type) -> None:
    """One that cannot be is asked about every text, which costs time."""
    for _, pattern, _ in cls.PATTERNS:
        assert scanner().alphabet.widened(pattern)[0]


def test_a_column_of_addresses_is_counted_to_the_last(check) -> None:
    """Files that are named like addresses are none among those of their shape."""
    chance = Random(5)
    letters = "abgnpxyz019"
    cells = []
    for number in range(400):
        user = "a" + "".join(chance.choices(letters, k=chance.randint(1, 9)))
        host = "b" + "".join(chance.choices(letters, k=chance.randint(1, 5)))
        cells.append(f"{user}@{host}.{'png' if number % 10 == 3 else 'com'}")
    report = check([["杂项"], *([cell] for cell in cells)])
    (finding,) = report.findings
    assert (finding.entity, finding.count) == ("EMAIL", 360)
    assert finding.rows[:3] == [2, 3, 4]
    assert 5 not in finding.rows
