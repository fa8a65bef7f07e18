"""Calls that work when pasted, for the page of a table. Pure."""

from __future__ import annotations

import json


def examples(site_url: str, resource_id: str, column: str = "") -> dict[str, str]:
    """The first rows of a table, and its rows with a word, by curl and in Python.

    :param site_url: address of the portal, without a slash at its end
    :param column: a column to filter by, as an example (optional)
    :returns: `{address, curl, python}`
    """
    address = f"{site_url}/api/3/action/datastore_search"
    question: dict[str, object] = {"resource_id": resource_id, "limit": 5}
    if column:
        question["fields"] = [column]
    body = json.dumps(question, ensure_ascii=False, indent=4)
    python = "\n".join(
        (
            "import json",
            "from urllib.request import Request, urlopen",
            "",
            f"question = {body}",
            "request = Request(",
            f'    "{address}",',
            "    json.dumps(question).encode(),",
            '    {"Content-Type": "application/json"},',
            ")",
            "answer = json.load(urlopen(request))",
            'for row in answer["result"]["records"]:',
            "    print(row)",
        )
    )
    return {
        "address": f"{address}?resource_id={resource_id}&limit=5",
        "curl": f"curl '{address}?resource_id={resource_id}&limit=5'",
        "python": python,
    }
