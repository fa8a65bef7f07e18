"""CKAN's scripts begin only once they have their words."""

import json

import pytest


@pytest.mark.usefixtures("with_plugins")
def test_words_of_scripts_are_served_under_the_name_that_they_ask_for(app):
    answer = app.get("/api/i18n/zh_Hans-CN", status=200)
    assert isinstance(json.loads(answer.body), dict)
    assert answer.body == app.get("/api/i18n/zh_Hans_CN", status=200).body
