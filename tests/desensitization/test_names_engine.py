"""Another engine for names, brought by the operator."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckanext.edudata.desensitization import ruleset
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.reasons import REASONS, Unreadable
from ckanext.edudata.desensitization.recognizers import lac, name_engine
from ckanext.edudata.desensitization.recognizers.person_name import PersonNameRecognizer
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.sandbox import Sandbox

HERE = "own_name_engine"
#: Nothing that LAC or the weights would take for a name.
TEXT = "登记：乍仑蓬，已到校"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "engines"))
    lac.engine.cache_clear()
    yield
    lac.engine.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, factory: str) -> None:
    monkeypatch.setenv(name_engine.VARIABLE, f"{HERE}:{factory}")


class TestOwnEngine:
    def test_it_is_asked_in_place_of_the_built_in_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = lac.engine()
        assert engine is not None
        assert engine.persons([TEXT]) == [[]]
        lac.engine.cache_clear()
        use(monkeypatch, "registered")
        engine = lac.engine()
        assert engine is not None
        assert engine.persons([TEXT, ""]) == [[(3, 6)], []]

    def test_recognizers_go_through_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, "registered")
        text = "登记：沈砚秋，已到校"
        [found] = PersonNameRecognizer().analyze_many([text])
        assert [text[r.start : r.end] for r in found] == ["沈砚秋"]

    @pytest.mark.parametrize("factory", ["broken", "useless", "absent", "beyond"])
    def test_one_that_does_not_work_leaves_texts_unread(
        self, monkeypatch: pytest.MonkeyPatch, factory: str
    ) -> None:
        use(monkeypatch, factory)
        with pytest.raises(Unreadable) as failed:
            PersonNameRecognizer().analyze_many(["这里写着一句话"])
        assert failed.value.reason.code == "name_engine"
        assert failed.value.reason.values["engine"] == f"{HERE}:{factory}"

    @pytest.mark.parametrize("given", ["os.system", "a b:c", ":x", "x:", "no.such:one"])
    def test_a_setting_that_makes_no_sense_is_refused(self, given: str) -> None:
        with pytest.raises((ValueError, ImportError)):
            name_engine.load(given)

    def test_other_weights_are_other_rules(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = {ruleset.ruleset()}
        for given in ("a:b", "a:b@1", "a:b@2"):
            monkeypatch.setenv(name_engine.VARIABLE, given)
            seen.add(ruleset.ruleset())
        assert len(seen) == 4


class TestIsolated:
    """The same, in the process that reads strangers' files."""

    def check(self, tmp_path: Path) -> str:
        path = tmp_path / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(
                [
                    ["编号", "备注"],
                    ["1", "天气晴好，一切正常"],
                    ["2", "登记：石峰，已到校"],
                ]
            )
        with Sandbox() as sandbox:
            options = CheckOptions(key=b"key of a test")
            report = check_file(path, path.name, options=options, sandbox=sandbox)
        return report.verdict

    def test_it_is_asked_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, "registered")
        assert self.check(tmp_path) == "blocked"

    def test_it_fails_closed_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, "broken")
        assert self.check(tmp_path) == "unreadable"


def test_the_reason_says_whom_to_tell() -> None:
    assert "{engine}" in REASONS["name_engine"]
