from tests.conftest import give
from tests.delivery import conditional
import pytest
from tests.clauses.clamd_server import daemon
from ckanext.edudata.guard import malware


@pytest.mark.browser
def test_look(portal, visit, monkeypatch):
    d = daemon("/tmp/gaps/none.sock")
    d.__enter__()
    data = conditional.released(portal)
    portal.act("edudata_incident_freeze", portal.security_officer, dataset_id=data.id)
    portal.act(
        "edudata_incident_open",
        portal.security_officer,
        unit_id=portal.bureau["id"],
        kind="leak",
        level="general",
        first_sign_at="2026-01-05T08:30:00",
        words="夜间有大量读取。",
    )
    me = visit(portal.security_officer)
    me.go("/desk")
    me.page.screenshot(path="/tmp/gaps/desk.png", full_page=True)
    me.page.set_viewport_size({"width": 390, "height": 800})
    me.page.screenshot(path="/tmp/gaps/desk390.png", full_page=True)
    it = visit(portal.compiler)
    entry = portal.entry()
    it.go(f"/entry/{entry['name']}/resource/new")
    it.page.locator("input[type=file]").first.set_input_files("/tmp/gaps/eicar.csv")
    it.page.screenshot(path="/tmp/gaps/form0.png", full_page=True)
    d.__exit__(None, None, None)
    it.page.locator("main form button[type=submit]").first.click()
    it.page.wait_for_timeout(1500)
    it.page.screenshot(path="/tmp/gaps/form.png", full_page=True)
