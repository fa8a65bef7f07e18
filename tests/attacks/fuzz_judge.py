"""What an answer to nonsense must never be: a failure, a look inside, a leak."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

INSIDE = re.compile(
    r"Traceback \(most recent|File \"/|psycopg2|sqlalchemy|site-packages|pysolr"
    r"|werkzeug\.|jinja2\.|\bSELECT\b.*\bFROM\b|edudata/\w+\.py"
)


class Judge:
    """Reads answers; *closed* must stand in none.

    :param closed: words of what the person may not see
    """

    def __init__(self, closed: tuple[str, ...]) -> None:
        places = (urlsplit(str(tk.config.get(key) or "")) for key in SERVICES)
        self.inside = [place.netloc for place in places if place.port]
        self.closed = closed

    def fault(self, answer: Any) -> str:
        """What is wrong with an answer; empty for nothing."""
        text = answer.get_data(as_text=True)
        told = text + str(answer.headers)
        if answer.status_code >= 500:
            return f"{answer.status_code} {text[:200]}"
        found = INSIDE.search(told)
        if found:
            return f"tells of its inside: {found[0]!r}"
        for place in self.inside:
            if place in told:
                return f"tells where a service is: {place}"
        leaked = [word for word in self.closed if word in told]
        return f"leaks {len(leaked)} closed values" if leaked else ""


SERVICES = ("solr_url", "ckan.redis.url", "sqlalchemy.url")
