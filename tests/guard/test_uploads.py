"""What people send is downloaded; stock 2.12.0 shows it as a page (tests/stock)."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from flask import Response

from ckanext.edudata.guard import uploads
from tests.visitors import Visitor

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def sent(app, ckan_config):
    """Something below the folder that CKAN serves by itself."""
    folder = Path(ckan_config["ckan.storage_path"]) / "storage/uploads/group"
    folder.mkdir(parents=True, exist_ok=True)
    made = []

    def put(name, content):
        path = folder / name
        path.write_bytes(content)
        made.append(path)
        return f"/uploads/group/{name}"

    yield put
    for path in made:
        path.unlink()


@pytest.mark.clause("8.1.4.4")
def test_what_lies_among_pictures_runs_nothing(app, sent):
    for name in ("x.svg", "x.html", "x.xml", "x.pdf", "x.js"):
        answer = app.get(sent(name, SCRIPT))
        assert answer.headers["Content-Disposition"].startswith("attachment"), name
        assert f"filename={name}" in answer.headers["Content-Disposition"]
        policies = answer.headers.getlist("Content-Security-Policy")
        assert any("sandbox" in policy for policy in policies), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    picture = app.get(sent("x.png", b"\x89PNG"))
    assert not picture.headers["Content-Disposition"].startswith("attachment")
    assert app.get("/uploads/group/none.svg").status_code == 404


@pytest.mark.clause("8.1.4.4")
def test_a_file_of_an_entry_is_downloaded_whatever_it_says_it_is(app, portal):
    entry = portal.entry()
    page = b"<html><script>alert(1)</script></html>"
    made = portal.upload(entry, "a.html", page, mimetype="text/html", format="HTML")
    visitor = Visitor(app, portal.compiler)
    where = f"/entry/{entry['id']}/resource/{made['id']}/download/a.html"
    answer = visitor.get(where)
    assert answer.status_code == 200
    assert answer.data == page
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("path", "endpoint_matches"),
    [
        ("/file/download/x", True),
        ("/file/public-download/x/y.html", True),
        ("/about", False),
    ],
)
def test_views_that_hand_out_files(app, path, endpoint_matches):
    with app.flask_app.test_request_context(path):
        said = uploads.attach(Response("<p>", mimetype="text/html"))
    attached = said.headers.get("Content-Disposition") == "attachment"
    assert attached is endpoint_matches


def test_no_picture_is_svg(portal):
    file = portal.file("logo.svg", SCRIPT)
    file.headers["Content-Type"] = "image/svg+xml"
    with pytest.raises(tk.ValidationError):
        tk.get_action("user_patch")(
            {"user": portal.stranger["name"], "ignore_auth": True},
            {"id": portal.stranger["id"], "image_upload": file},
        )
