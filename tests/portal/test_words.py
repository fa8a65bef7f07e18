"""The interface speaks as the Measures do."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[2] / "i18n/zh_Hans_CN/LC_MESSAGES/ckanext-edudata.po"
TERMS = (
    "数据资源",
    "开放数据集",
    "停止开放",
    "个人信息检测",
    "疑似个人信息",
    "检测通过",
    "例外公开审批",
    "脱敏数据",
    "使用许可",
    "受理",
    "退回补正",
    "不予通过",
    "申请复核",
    "撤回申请",
    "安全管理责任人",
    "无条件开放",
    "有条件开放",
    "开放清单",
    "数据归属",
)


@pytest.fixture(scope="module")
def said() -> list[str]:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream)
    texts = []
    for message in catalogue:
        strings = message.string
        texts += [strings] if isinstance(strings, str) else list(strings)
    schemas = Path(__file__).parents[2] / "schemas"
    return texts + [path.read_text("utf-8") for path in schemas.rglob("*.yaml")]


@pytest.mark.article(3)
def test_the_terms_of_the_measures_are_those_of_the_interface(said: list[str]) -> None:
    missing = [term for term in TERMS if not any(term in text for text in said)]
    assert not missing


@pytest.mark.article(3)
def test_no_other_word_stands_for_them(said: list[str]) -> None:
    others = ("元数据集", "脱密", "匿名化数据", "准入审批", "数据泄漏检测")
    assert not [text for text in said if any(word in text for word in others)]


@pytest.mark.article(7)
def test_who_applies_from_the_public_is_no_using_department(said: list[str]) -> None:
    assert not [text for text in said if "数据使用部门" in text]
