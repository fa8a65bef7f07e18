"""The table of the application as a page of the documentation.

`python -m ckanext.edudata.requests.diagram > docs/requests.md`
"""

from __future__ import annotations

from ckanext.edudata.requests.states import COMMANDS, STATES, TABLE, WHO


def mermaid() -> str:
    """State diagram in Mermaid's language."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [
        f"    {rule.source} --> {rule.target}: {rule.command}"
        for rule in TABLE
        if rule.source != rule.target
    ]
    return "\n".join(lines)


def document() -> str:
    """The whole page, Markdown."""
    rows = [
        "| from | command | to | who | guards |",
        "|---|---|---|---|---|",
        *(
            f"| {rule.source} | {rule.command} ({COMMANDS[rule.command]}) "
            f"| {rule.target} | {', '.join(WHO[name] for name in rule.who)} "
            f"| {', '.join(name.replace('_', ' ') for name in rule.guards)} |"
            for rule in TABLE
        ),
    ]
    names = [f"- `{name}`: {label}" for name, label in STATES.items()]
    return "\n".join(
        [
            "# The application for conditional-open data",
            "",
            "Made from `ckanext/edudata/requests/states.py`; do not edit by hand.",
            "",
            "```mermaid",
            mermaid(),
            "```",
            "",
            "Each command is an action, `edudata_request_<command>`. `lapse` and",
            "`expire` are done by time, and are true from their moment on.",
            "Who applies never decides; who refused never decides the review of it.",
            "",
            *rows,
            "",
            "States:",
            "",
            *names,
            "",
        ]
    )


if __name__ == "__main__":
    print(document(), end="")
