"""Both catalogues hold every message, and what is shown is what is written there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from ckanext.edudata.audit import words as audit_words
from ckanext.edudata.catalog import states as entry_states
from ckanext.edudata.desensitization import entities, plain, reasons, verdict
from ckanext.edudata.portal import core_strings, messages
from ckanext.edudata.requests import states as request_states
from ckanext.edudata.units import who_may

ROOT = Path(__file__).resolve().parents[2]
I18N = ROOT / "i18n"
LANGUAGES = ("zh_Hans_CN", "en")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(
        str(I18N / language / "LC_MESSAGES" / "ckanext-edudata.po"), encoding="utf-8"
    )


@pytest.fixture(scope="module")
def template() -> set[str]:
    found = polib.pofile(str(I18N / "ckanext-edudata.pot"), encoding="utf-8")
    return {entry.msgid for entry in found}


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    with open(I18N / "babel.cfg", encoding="utf-8") as config:
        method_map, options_map = parse_mapping_cfg(config)
    found = set()
    for _, _, message, _, _ in extract_from_dir(
        str(ROOT / "ckanext"), method_map, options_map
    ):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_message_of_the_package_is_in_the_template(extracted, template):
    assert extracted - template == set()


def test_the_template_holds_no_message_that_is_gone(extracted, template):
    assert template - extracted == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language, template):
    po = catalogue(language)
    shown = {
        entry.msgid
        for entry in po
        if not entry.obsolete
        and "fuzzy" not in entry.flags
        and (entry.msgstr or all(entry.msgstr_plural.values() or [""]))
    }
    assert template - shown == set()
    assert {entry.msgid for entry in po if not entry.obsolete} == template


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_compiled_catalogue_is_in_step(language):
    folder = I18N / language / "LC_MESSAGES"
    compiled = polib.mofile(str(folder / "ckanext-edudata.mo"), encoding="utf-8")
    written = {
        entry.msgid: entry.msgstr or sorted(entry.msgstr_plural.items())
        for entry in catalogue(language)
    }
    assert written == {
        entry.msgid: entry.msgstr or sorted(entry.msgstr_plural.items())
        for entry in compiled
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_its_placeholders(language):
    places = re.compile(r"%\(\w+\)[sd]|%[sdri]|\{\w*\}")
    for entry in catalogue(language):
        if entry.msgid_plural:
            continue
        kept = sorted(places.findall(entry.msgstr))
        assert kept == sorted(places.findall(entry.msgid)), entry.msgid


def test_chinese_messages_are_chinese():
    """Codes, names of formats and of products may stay; sentences may not."""
    same = [
        entry.msgid
        for entry in catalogue("zh_Hans_CN")
        if not re.search(
            r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]",
            entry.msgstr or entry.msgstr_plural[0],
        )
    ]
    assert same == []


def test_messages_in_data_are_found(template):
    data = {
        *entry_states.LABELS.values(),
        *(step.label for step in entry_states.TRANSITIONS.values()),
        *(role.label for role in who_may.ROLES.values()),
        *request_states.STATES.values(),
        *request_states.COMMANDS.values(),
        *request_states.WHO.values(),
        *(guard.msgid for guard in request_states.GUARDS.values() if guard.msgid),
        *reasons.REASONS.values(),
        *verdict.GROUNDS.values(),
        *plain.VERDICTS.values(),
        *audit_words.ACTIONS.values(),
        *(
            words
            for entity in entities.ENTITIES.values()
            for words in (entity.label, entity.advice, entity.clause)
        ),
        *core_strings.CORE,
    }
    assert data - template == set()


def test_role_labels_agree_with_the_table():
    po = {entry.msgid: entry.msgstr for entry in catalogue("zh_Hans_CN")}
    assert {role.label: role.label_zh for role in who_may.ROLES.values()} == {
        role.label: po[role.label] for role in who_may.ROLES.values()
    }


def test_the_extractor_reads_calls_and_tables():
    source = b'''"""Not a message."""
LABELS = {"draft": "Draft", "x": "two words", "y": "select_this"}
WIDTH = "max-width"

def refusal(state):
    """Not one either."""
    return "Ask somebody else." if state else tk._(LABELS["draft"])

def more():
    return tk._("In a call, {name}")
'''
    found = [m[2] for m in messages.extract(io.BytesIO(source), (), (), {})]
    assert sorted(found) == [
        "Ask somebody else.",
        "Draft",
        "In a call, {name}",
        "In a call, {name}",
        "two words",
    ]
