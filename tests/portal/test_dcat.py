"""The catalog for machines: what is open, in words that portals everywhere read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from pyshacl import validate
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

from ckanext.edudata.portal.dcat_profile import EdudataProfile

SHAPES = Path(__file__).with_name("dcat_shapes.ttl")
ADMS = Namespace("http://www.w3.org/ns/adms#")
AUTHORITY = "http://publications.europa.eu/resource/authority/"
TABLE = "学校标识码,学校名称,教职工数\n" + "\n".join(
    f"31310100{n},徐汇区第{n}小学,{40 + n % 3}" for n in range(10, 40)
)
CANARY = "内部金丝雀资源"
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "xml": "xml", "rdf": "xml", "n3": "n3"}


def graph(app: Any, path: str, form: str, **options: Any) -> Graph:
    response = app.get(path, **options)
    assert response.status_code == 200
    return Graph().parse(data=response.get_data(as_text=True), format=FORMATS[form])


@pytest.fixture
def open_data(portal: Any) -> dict[str, Any]:
    """An open, a conditional and a stopped dataset, and entries that are none."""
    full = portal.entry(
        title="徐汇区小学名单",
        district="310104",
        school_stage="primary",
        keywords="小学,名单",
        category="003001",
        temporal_start="2025-09-01",
        temporal_end="2026-08-31",
        spatial_coverage="全区各街道、镇",
        license_id="cc-by",
        contact_office="徐汇区教育局信息中心",
    )
    portal.upload(full, "schools.csv", TABLE.encode())
    conditional = portal.entry(
        title="徐汇区小学教职工统计",
        opening_class="conditional",
        opening_ground="continuous",
        opening_condition="高等学校和科研机构可以申请。",
        update_cycle="monthly",
    )
    portal.upload(conditional, "staff.csv", TABLE.encode())
    stopped = portal.entry(title="停止开放的名单")
    portal.upload(stopped, "old.csv", TABLE.encode())
    found = {
        "full": portal.released(full),
        "conditional": portal.released(conditional),
        "stopped": portal.released(stopped),
    }
    dataset_id = found["stopped"]["dataset_id"]
    portal.act("edudata_stop", portal.reviewer, id=dataset_id, reason="停止维护")
    found["entry"] = portal.entry(title=CANARY, notes=f"{CANARY}的说明")
    found["closed"] = portal.entry(
        title=f"{CANARY}非开放",
        opening_class="not_open",
        opening_ground="privacy",
        open_list_publishable="true",
        open_list_reason="涉及个人隐私",
    )
    return found


def described(app: Any, form: str, headers: dict[str, str]) -> tuple[set[str], str]:
    """Ids of the datasets in the catalog, and its mark."""
    response = app.get(f"/catalog.{form}", headers=headers)
    text = response.get_data(as_text=True)
    # Said by escapes, too.
    for said in (text, text.encode().decode("unicode_escape", "ignore")):
        assert CANARY not in said
    assert "停止开放的名单" not in text
    found = Graph().parse(data=text, format=FORMATS[form])
    datasets = found.subjects(RDF.type, DCAT.Dataset)
    ids = {str(found.value(dataset, DCTERMS.identifier)) for dataset in datasets}
    return ids, response.headers["ETag"]


def references(data: dict[str, Any], *keys: str) -> list[str]:
    names = ("id", "name", "dataset_id", "dataset_name")
    return [data[key][name] for key in keys for name in names if name in data[key]]


PEOPLE = (None, "compiler", "reviewer", "technician", "outsider", "stranger")


@pytest.mark.article(27, 28)
def test_the_catalog_holds_what_is_open_and_nothing_else(
    portal: Any, open_data: dict[str, Any], app: Any
) -> None:
    """Every route, in every format, asked by everybody, with canaries."""
    opened = {open_data[name]["dataset_id"] for name in ("full", "conditional")}
    marks: dict[str, set[str]] = {}
    for name in PEOPLE:
        headers = {}
        if name:
            token = factories.APIToken(user=getattr(portal, name)["name"])["token"]
            headers = {"Authorization": token}
        for form in FORMATS:
            ids, mark = described(app, form, headers)
            assert ids == opened
            marks.setdefault(form, set()).add(mark)
        for reference in references(open_data, "entry", "closed", "stopped"):
            for route in ("dataset", "dataset_series"):
                path = f"/{route}/{reference}.ttl"
                gone = app.get(path, headers=headers, status=404)
                assert CANARY not in gone.get_data(as_text=True)
        for query in (f"q={CANARY}", "q=title:*", "q=dataset_type:entry"):
            assert CANARY not in app.get(f"/catalog.ttl?{query}", headers=headers).body
        for query in ("fq=dataset_type:entry", "profiles=euro_dcat_ap_3"):
            app.get(f"/catalog.ttl?{query}", headers=headers, status=400)
    # The same for everybody, to the letter.
    assert all(len(same) == 1 for same in marks.values())
    for form in ("exe", "html", "ttl.ttl", "%00"):
        app.get(f"/catalog.{form}", status=404)
        app.get(f"/dataset/{open_data['full']['dataset_name']}.{form}", status=404)


@pytest.mark.article(27, 28)
def test_the_actions_tell_no_more_than_the_pages(
    portal: Any, open_data: dict[str, Any], app: Any
) -> None:
    for name in PEOPLE:
        with app.flask_app.test_request_context():
            ask(portal, open_data, getattr(portal, name) if name else None)


def ask(portal: Any, open_data: dict[str, Any], person: Any) -> None:
    for action in ("dcat_catalog_show", "dcat_catalog_search"):
        for q in ("*:*", f"title:{CANARY}", "dataset_type:entry OR *:*"):
            assert CANARY not in str(portal.act(action, person, format="ttl", q=q))
        with pytest.raises(tk.ValidationError):
            portal.act(action, person, fq="dataset_type:entry")
    for reference in references(open_data, "entry", "closed", "stopped"):
        with pytest.raises(tk.ObjectNotFound):
            portal.act(
                "dcat_dataset_show", person, id=reference, profiles=["euro_dcat_ap_3"]
            )


@pytest.mark.article(27, 28)
def test_the_profile_keeps_its_shapes(open_data: dict[str, Any], app: Any) -> None:
    for form in ("ttl", "jsonld", "xml"):
        found = graph(app, f"/catalog.{form}", form)
        conforms, _, text = validate(found, shacl_graph=str(SHAPES))
        assert conforms, text
    # And the shapes can fail: without its rights a dataset is not well described.
    found.remove((None, DCTERMS.accessRights, None))
    conforms, _, _ = validate(found, shacl_graph=str(SHAPES))
    assert not conforms


@pytest.mark.article(27, 28)
def test_open_and_conditional_data_are_told_apart(
    open_data: dict[str, Any], app: Any
) -> None:
    full, conditional = open_data["full"], open_data["conditional"]
    found = graph(app, f"/dataset/{full['dataset_name']}.ttl", "ttl")
    (dataset,) = found.subjects(RDF.type, DCAT.Dataset)

    def value(predicate: Any) -> str:
        return str(found.value(dataset, predicate))

    assert value(DCTERMS.accessRights) == AUTHORITY + "access-right/PUBLIC"
    assert value(DCTERMS.accrualPeriodicity) == AUTHORITY + "frequency/ANNUAL"
    text = found.serialize(format="turtle")
    for word in (
        "310104",
        "徐汇区",
        "2025-09-01",
        "全区各街道、镇",
        "徐汇区教育局信息中心",
    ):
        assert word in text
    (distribution,) = found.objects(dataset, DCAT.distribution)
    address = str(found.value(distribution, DCAT.downloadURL))
    path = re.sub(r"^https?://[^/]+", "", address)
    data = app.get(path).get_data(as_text=True)
    assert "徐汇区第10小学" in data

    found = graph(app, f"/dataset/{conditional['dataset_name']}.jsonld", "jsonld")
    (dataset,) = found.subjects(RDF.type, DCAT.Dataset)
    assert value(DCTERMS.accessRights) == AUTHORITY + "access-right/RESTRICTED"
    text = found.serialize(format="turtle")
    assert "高等学校和科研机构可以申请" in text
    assert "徐汇区第" not in text
    (distribution,) = found.objects(dataset, DCAT.distribution)
    assert found.value(distribution, DCAT.downloadURL) is None
    assert "/apply/" in str(found.value(distribution, DCAT.accessURL))
    (sample,) = found.objects(dataset, ADMS.sample)
    address = str(found.value(sample, DCAT.downloadURL))
    assert "徐汇区第" not in app.get(re.sub(r"^https?://[^/]+", "", address)).body


@pytest.mark.article(28)
def test_the_page_tells_search_engines(open_data: dict[str, Any], app: Any) -> None:
    def told(name: str) -> dict[str, Any]:
        page = app.get(f"/dataset/{open_data[name]['dataset_name']}").body
        scripts = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page, re.S
        )
        assert len(scripts) == 1
        assert page.count('rel="alternate"') == 3
        return json.loads(scripts[0])

    full = told("full")
    assert full["@type"] == "Dataset"
    assert full["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(full["distribution"]) == 1
    conditional = told("conditional")
    assert [file["name"] for file in conditional["distribution"]]
    assert all("样" in file["name"] for file in conditional["distribution"])
    assert conditional["conditionsOfAccess"] == "高等学校和科研机构可以申请。"
    stopped = app.get(f"/dataset/{open_data['stopped']['dataset_name']}").body
    assert "ld+json" not in stopped


@pytest.mark.article(28)
def test_who_comes_again_gets_it_in_a_few_bytes(
    portal: Any, open_data: dict[str, Any], app: Any
) -> None:
    first = app.get("/catalog.ttl")
    mark = first.headers["ETag"]
    again = app.get("/catalog.ttl", headers={"If-None-Match": mark}, status=304)
    assert not again.get_data()
    portal.act(
        "edudata_stop",
        portal.reviewer,
        id=open_data["full"]["dataset_id"],
        reason="更正中",
    )
    changed = app.get("/catalog.ttl", headers={"If-None-Match": mark})
    assert "徐汇区小学名单" not in changed.body
    for page in ("0", "-1", "x"):
        app.get(f"/catalog.ttl?page={page}", status=400)


def test_only_open_datasets_have_a_description() -> None:
    """The profile itself refuses, whoever hands it something else."""
    profile = EdudataProfile(Graph())
    ref = URIRef("http://example.org/x")
    for package in (
        {"type": "entry", "title": CANARY},
        {"type": "dataset", "private": True, "opening_state": "open"},
        {"type": "dataset", "opening_state": "stopped", "opening_class": "conditional"},
        {"type": "dataset", "opening_state": "open", "opening_class": "not_open"},
    ):
        with pytest.raises(tk.ObjectNotFound):
            profile.graph_from_dataset(package, ref)
    assert len(profile.g) == 0
