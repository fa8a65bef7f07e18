"""What a unit asks beyond the common form, and the answers (Art. 28). Pure.

A question: `{key, label, hint, kind, choices, required}`. Its key never changes and
is never given to another question, so that answers of drafts stay where they belong.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from ckanext.edudata.requests.forms import MISSING, TOO_LONG, Problem

KINDS = {
    "line": "One line",
    "text": "Several lines",
    "yes_no": "Yes or no",
    "choice": "One of a list",
    "choices": "Several of a list",
    "number": "A number",
    "date": "A date",
}
MOST = 20
LONGEST = {"label": 200, "hint": 500, "choice": 100, "line": 200, "text": 2000}
_CHOICES = 30
_KEY = re.compile(r"q[1-9]\d{0,5}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def made(
    given: Any, before: Iterable[dict[str, Any]] = ()
) -> tuple[list[dict[str, Any]], dict[str, Problem]]:
    """Questions as a reviewer wrote them, and what is wrong with them.

    :param given: in their order; those without words are left out
    :param before: questions of all earlier versions, whose keys are taken
    :returns: the questions with their keys; problems by `<place>-<field>` from 0
    """
    rows = given if isinstance(given, list) else []
    taken = {int(each["key"][1:]) for each in before}
    known = {f"q{number}" for number in taken}
    fresh = max(taken, default=0)
    found: list[dict[str, Any]] = []
    problems: dict[str, Problem] = {}
    used: set[str] = set()
    for place, each in enumerate(rows):
        row = each if isinstance(each, dict) else {}
        question = _question(row)
        if not question["label"]:
            if question["choices"] or question["hint"]:
                problems[f"{place}-label"] = MISSING
            continue
        problems.update(
            {f"{place}-{name}": told for name, told in _wrong(question).items()}
        )
        key = str(row.get("key") or "")
        if not _KEY.fullmatch(key) or key not in known or key in used:
            fresh += 1
            key = f"q{fresh}"
        used.add(key)
        found.append({"key": key, **question})
    if len(found) > MOST:
        problems["questions"] = Problem(
            "Ask at most %(most)s questions.", {"most": MOST}
        )
    return found, problems


def _question(row: dict[str, Any]) -> dict[str, Any]:
    choices = row.get("choices")
    if isinstance(choices, str):
        choices = choices.splitlines()
    kind = str(row.get("kind") or "line")
    listed = kind in ("choice", "choices") and isinstance(choices, list)
    return {
        "label": _words(row.get("label")),
        "hint": _words(row.get("hint")),
        "kind": kind,
        "choices": list(dict.fromkeys(filter(None, map(_words, choices or []))))
        if listed
        else [],
        "required": row.get("required") in (True, "true", "yes", "1"),
    }


def _words(given: Any) -> str:
    return str(given or "").replace("\x00", "").strip()


def _wrong(question: dict[str, Any]) -> dict[str, Problem]:
    problems: dict[str, Problem] = {}
    for name in ("label", "hint"):
        now = len(question[name])
        if now > LONGEST[name]:
            values = {"most": LONGEST[name], "now": now}
            problems[name] = Problem(TOO_LONG, values)
    if question["kind"] not in KINDS:
        problems["kind"] = Problem("Choose one of the list.")
    if question["kind"] in ("choice", "choices"):
        lengths = [len(choice) for choice in question["choices"]]
        if not 2 <= len(lengths) <= _CHOICES:
            problems["choices"] = Problem(
                "Give from 2 to %(most)s choices, one a line.", {"most": _CHOICES}
            )
        elif max(lengths) > LONGEST["choice"]:
            values = {"most": LONGEST["choice"], "now": max(lengths)}
            problems["choices"] = Problem(TOO_LONG, values)
    return problems


def clean(
    given: Any, questions: Iterable[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Answers that were given, and what is wrong with them, by key.

    Answers to what is not asked are left out; an empty answer is kept as empty.
    """
    answers: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    rows = given if isinstance(given, dict) else {}
    for question in questions:
        key = question["key"]
        if key not in rows:
            continue
        try:
            answers[key] = _answer(question, rows[key])
        except ValueError as error:
            problems[key] = error.args[0]
    return answers, problems


def _answer(question: dict[str, Any], given: Any) -> Any:
    kind = question["kind"]
    if kind == "choices":
        return _several(question, given)
    if not isinstance(given, (str, int, float, bool)) and given is not None:
        raise ValueError(Problem("Choose of the list."))
    if kind == "yes_no":
        told = {True: "yes", False: "no", None: ""}.get(given, given)
        if told not in ("yes", "no", ""):
            raise ValueError(Problem("Choose one of the list."))
        return told
    words = _words("" if given is None else given)
    return _one(question, words) if words else ""


def _several(question: dict[str, Any], given: Any) -> list[str]:
    several = [given] if isinstance(given, str) else given or []
    listed = question["choices"]
    if not isinstance(several, list) or any(
        choice and choice not in listed for choice in several
    ):
        raise ValueError(Problem("Choose of the list."))
    return [choice for choice in listed if choice in several]


def _one(question: dict[str, Any], words: str) -> str:
    kind = question["kind"]
    if kind == "choice" and words not in question["choices"]:
        raise ValueError(Problem("Choose one of the list."))
    if kind == "number" and not _NUMBER.fullmatch(words):
        raise ValueError(Problem("Give a number, as 12 or 3.5."))
    if kind == "date":
        try:
            return datetime.date.fromisoformat(words).isoformat()
        except ValueError:
            raise ValueError(Problem("Give a date as year-month-day.")) from None
    most = LONGEST.get(kind, 0)
    if most and len(words) > most:
        raise ValueError(Problem(TOO_LONG, {"most": most, "now": len(words)}))
    return words


def missing(
    answers: dict[str, Any], questions: Iterable[dict[str, Any]]
) -> dict[str, Problem]:
    """What still has to be answered, by key."""
    return {
        question["key"]: MISSING
        for question in questions
        if question["required"] and not answers.get(question["key"])
    }
