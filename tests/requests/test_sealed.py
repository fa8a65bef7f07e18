"""Seals, profiles and how long they are needed: the pure parts, with any input."""

from __future__ import annotations

import base64
import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ckanext.edudata.requests import profile_applicants as profile
from ckanext.edudata.requests import retention_applicants as retention
from ckanext.edudata.requests import sealed, states
from tests.requests import profiles

pytestmark = pytest.mark.article(28)
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2026, 11, 23, tzinfo=datetime.timezone.utc)


class TestSeals:
    @given(words=st.text(), place=st.text(max_size=40))
    def test_open_where_they_were_made_and_nowhere_else(self, words, place):
        made = sealed.seal(words, place)
        assert sealed.unseal(made, place) == words
        assert made != sealed.seal(words, place)
        with pytest.raises(sealed.SealError):
            sealed.unseal(made, place + "x")

    @given(st.data())
    def test_changed_by_a_bit_they_do_not_open(self, data):
        made = sealed.seal("示例", "t:1")
        body = bytearray(base64.urlsafe_b64decode(made.split(".")[2]))
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
        forged = made.rsplit(".", 1)[0] + "." + base64.urlsafe_b64encode(body).decode()
        with pytest.raises(sealed.SealError):
            sealed.unseal(forged, "t:1")

    @given(st.text())
    def test_whatever_stands_in_the_column(self, words):
        with pytest.raises(sealed.SealError):
            sealed.unseal(words, "t:1")

    def test_keys(self):
        made = [sealed.new_key() for _ in range(3)]
        found = sealed.parsed(" ".join(made) + "\n" + "ab" * 32)
        assert len({key.name for key in found}) == 4
        assert {len(key.secret) for key in found} == {32}
        assert sealed.parsed("  ") == []
        for wrong in ("short", "x" * 44, made[0] + "," + made[1], "AB" * 32):
            with pytest.raises(sealed.SealError):
                sealed.parsed(wrong)

    @given(st.binary(max_size=200), st.integers(0, 400), st.integers(1, 255))
    def test_files(self, content, place, change):
        key = b"k" * 32
        made = bytearray(sealed.encrypt(key, content))
        assert sealed.decrypt(key, bytes(made)) == content
        made[place % len(made)] ^= change
        with pytest.raises(sealed.SealError):
            sealed.decrypt(key, bytes(made))


class TestProfiles:
    @given(
        st.dictionaries(
            st.sampled_from(["kind", "other", *profile.FIELDS]),
            st.one_of(st.none(), st.text(), st.sampled_from(profile.KINDS)),
        )
    )
    def test_any_input_is_clean_or_told_of(self, given_):
        found, problems = profile.clean(given_)
        if problems:
            assert problems.keys() <= {"kind", *profile.FIELDS}
            return
        kind = found["kind"]
        assert found.keys() == {"kind", *profile.ASKED[kind]}
        assert all(found[name] for name in profile.NEEDED[kind])
        assert not any("\n" in value or "\r" in value for value in found.values())

    @pytest.mark.parametrize(
        "mail",
        [
            "a@b.cn\nBcc: x@y.cn",
            "a b@c.cn",
            "a@b",
            "@b.cn",
            "a@.cn",
            "<a@b.cn>",
            "a@b.cn,c@d.cn",
        ],
    )
    def test_no_address_that_breaks_a_header(self, mail):
        assert "mail" in profile.clean({**profiles.NATURAL, "mail": mail})[1]

    @pytest.mark.parametrize(
        ("number", "right"),
        [
            ("13800000000", True),
            ("138 0000 0000", True),
            ("021-64310000", True),
            ("021-64310000-8001", True),
            ("+852 2345 6789", True),
            ("1380000000", False),
            ("call me", False),
            ("+", False),
        ],
    )
    def test_telephones(self, number, right):
        problems = profile.clean({**profiles.NATURAL, "telephone": number})[1]
        assert ("telephone" not in problems) == right

    def test_the_two_parts_of_a_body_and_its_code(self):
        none = {**profiles.BODY, "kind": "unincorporated", "code": ""}
        assert not profile.clean(none)[1]
        assert "code" in profile.clean({**none, "kind": "legal"})[1]
        lower = {**profiles.BODY, "code": profiles.BODY["code"].lower()}
        assert profile.clean(lower)[0]["code"] == profiles.BODY["code"]


class TestNeeded:
    def test_every_state_is_thought_of(self):
        known = retention.RUNNING | retention.HAD_DATA | {"refused"}
        over = {"refused_for_good", "withdrawn", "lapsed"}
        assert known | over == set(states.STATES)

    @given(
        st.lists(
            st.tuples(st.sampled_from(sorted(states.STATES)), st.integers(0, 3000))
        ),
        st.integers(1, 2000),
    )
    def test_while_anything_runs_and_after_data_were_had(self, found, keep):
        parts = [
            retention.Part(state, NOW - DAY * days, (NOW - DAY * days).date())
            for state, days in found
        ]
        until = retention.needed_until(parts, keep)
        if any(part.state in retention.RUNNING for part in parts):
            assert until == retention.FOREVER
            return
        had = [part for part in parts if part.state in retention.HAD_DATA]
        if had:
            assert until is not None
            assert until >= max(part.since for part in had).date() + DAY * keep
        assume(not had)
        if not any(part.state == "refused" for part in parts):
            assert until is None
