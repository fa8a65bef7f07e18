"""Production does not start while the doctor finds something unsafe.

`stack/wsgi.py` asks before it serves anything. Served by another program, or with the
database away at that moment, the portal asks at the first request, and answers 503
until it may start.
"""

from __future__ import annotations

import sys
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import doctor

REFUSAL = (
    "本站的设置不安全，暂不提供服务。管理员请运行 ckan edudata doctor。\n"
    "This site's settings are unsafe, so it does not serve. Its administrator runs "
    "ckan edudata doctor.\n"
).encode()

HALT = 4
"""Exit code by which gunicorn stops, and does not start another worker."""


def install(app: Any) -> None:
    """Ask before the first answer, unless it was asked before."""
    if tk.config.get(doctor.ENVIRONMENT) not in doctor.LENIENT:
        app.wsgi_app = app.edudata_start = Checked(app, app.wsgi_app)


class Checked:
    """WSGI middleware that lets nothing by until the settings are safe."""

    def __init__(self, flask: Any, app: Any) -> None:
        self.flask, self.app, self.safe = flask, app, False

    def look(self) -> list[doctor.Finding]:
        """What keeps the site from starting."""
        with self.flask.test_request_context():
            found = doctor.obstacles(tk.config)
        self.safe = not found
        return found

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.safe or not self.look():
            return self.app(environ, start_response)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(REFUSAL))),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable", headers)
        return [REFUSAL]


def refuse(app: Any) -> None:
    """End this process where production is unsafe, and say by which rules.

    :raises SystemExit: something unsafe was found, that the site did not accept
    """
    checked = getattr(app, "edudata_start", None)
    if checked is None:
        return
    # What could not be looked at (the database is away) is asked at the first request.
    found = [each for each in checked.look() if not each.unknown]
    for each in found:
        print(f"{each.name}: {each.what} → {each.mend}", file=sys.stderr)
    if found:
        print(REFUSAL.decode(), file=sys.stderr, flush=True)
        raise SystemExit(HALT)
