"""What goes wrong in one request stays in that request.

CKAN 2.12 gives the database session back only after an answer. Its page of an error
asks the database; where a statement had failed before, that fails as well, no answer
comes, and the thread keeps the broken transaction: each later request that it serves
would fail. Here the transaction ends before the page of the error is made, and with
the request at the latest.
"""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.navl.dictization_functions import DataError as FormError
from flask import current_app
from sqlalchemy.exc import DataError, IntegrityError
from werkzeug.exceptions import BadRequest, NotFound

#: The character NUL as JSON writes it; behind an even number of backslashes.
_ESCAPED_NUL = re.compile(rb"\x00|(?<!\\)(?:\\\\)*\\u0000")


def install(app: Any) -> None:
    """Add it to the application, whose own handlers stand already."""
    app.before_request(_no_nul)
    app.before_request(_only_sent)
    app.teardown_request(_end)
    # What a view of CKAN's or ours did not expect to be refused: the form's fault.
    for kind in (DataError, IntegrityError, FormError, tk.ValidationError):
        app.register_error_handler(kind, _bad_input(app))
    known = app.error_handler_spec[None][None].get(Exception)
    if known:
        app.register_error_handler(Exception, _clean(known))


def _no_nul() -> None:
    """PostgreSQL keeps no text with the character NUL; nobody types it."""
    if "\0" in tk.request.path:
        raise NotFound()
    asked = tk.request.args
    if any("\0" in name or "\0" in value for name, value in asked.items(multi=True)):
        raise BadRequest()
    # CKAN reads JSON whatever the request calls it.
    calls = tk.request.path.startswith("/api/") and tk.request.method == "POST"
    if calls and tk.request.mimetype != "multipart/form-data":
        body = tk.request.get_data()
        if _ESCAPED_NUL.search(body):
            raise BadRequest()


def _only_sent() -> Any:
    """An address that takes a form only, looked up once more: to the page above it.

    CKAN looks for a file where no page answers, so that Flask never says 405.
    """
    request: Any = tk.request
    if request.endpoint != "static" or request.method != "GET":
        return None
    adapter: Any = current_app.create_url_adapter(request)
    above = request.path.rstrip("/").rpartition("/")[0]
    if above and adapter.test(request.path, method="POST"):
        return tk.redirect_to("/" + above.lstrip("/"))
    return None


def _bad_input(app: Any) -> Any:
    def answer(error: Exception) -> Any:
        # A number or date that the database does not know, mostly from an address; a
        # row that is there already; a form that nobody was shown.
        model.Session.rollback()
        return app.handle_http_exception(BadRequest())

    return answer


def _clean(known: Any) -> Any:
    def answer(error: Exception) -> Any:
        model.Session.rollback()
        return known(error)

    return answer


def _end(error: BaseException | None) -> None:
    if error is not None:
        model.Session.remove()
