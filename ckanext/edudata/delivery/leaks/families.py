"""Ways by which CKAN 2.12 and its plugins let data out, as questions. Pure.

Two families are made of the portal itself, so that a plugin or a page that comes later
is asked too: every reading action of the API, and every page by GET.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from ckanext.edudata.delivery.leaks.things import Probe

API = "/api/3/action/"
EVERY_ACTION, EVERY_PAGE = "every action", "every page"
PRIVATE = "include_private=true&include_drafts=true&include_deleted=true"
_FIELDS = (
    *("id", "name", "title", "notes", "res_name", "res_url", "res_description"),
    *("data_dict", "validated_data_dict", "extras_keywords", "tags", "text"),
)
_FACETS = (
    '["dataset_type","capacity","id","name","title_string","tags","organization",'
    '"res_name","res_format","owner_org","creator_user_id","permission_labels"]'
)
_DUMPS = ("csv", "tsv", "json", "xml")
_RDF = ("rdf", "ttl", "xml", "jsonld", "n3")
STATIC = (
    "/uploads/{place}",
    "/resources/{place}",
    "/storage/resources/{place}",
    "/uploads/resources/{place}",
    "/edudata/edudata_private/{digest_place}",
    "/edudata/edudata_released/{digest_place}",
    "/uploads/edudata/edudata_private/{digest_place}",
    "/file/public-download/edudata_private/{digest_place}",
    "/file/public-download/edudata_released/{digest_place}",
    "/file/public-download/resources/{place}",
    "/file/public-download/default/{place}",
)
"""Addresses under which a file would lie if its storage were served."""


def _api(family: str, *questions: str, **more: object) -> Iterator[Probe]:
    for question in questions:
        yield probe(family, API + question, **more)


def probe(family: str, address: str, **more: object) -> Probe:
    """A probe that reads what stands in braces in its address."""
    reads = tuple(dict.fromkeys(re.findall(r"{(\w+)}", address)))
    more.setdefault("loose", any(word in address for word in _LOOSELY))
    scoped = _scoped(address)
    return Probe(family, address, reads, scoped=scoped, **more)  # type: ignore[arg-type]


_LOOSELY = ("autocomplete", "_search?q={", "_hint?q={", "q=%22{", "q={value}")


def _scoped(address: str) -> bool:
    return address.startswith(
        (
            "/resource-catalog",
            "/catalogs",
            "/sources",
            API + "edudata_resource_catalog",
            API + "edudata_catalog",
            API + "edudata_source",
        )
    )


def known() -> list[Probe]:
    """The families that are known by name."""
    return [
        *_activity(),
        *_search(),
        *_shows(),
        *_data(),
        *_files(),
        *_others(),
        *_applications(),
        *_lists(),
    ]


def _activity() -> Iterator[Probe]:
    yield from _api(
        "activity",
        "package_activity_list?id={package}&limit=30",
        "package_activity_list?id={package}&include_hidden_activity=true",
        "user_activity_list?id={author}&limit=30",
        "organization_activity_list?id={owner}&limit=30",
        "group_activity_list?id={owner}",
        "recently_changed_packages_activity_list?limit=30",
        "dashboard_activity_list?limit=30",
        "activity_show?id={activity}&include_data=true",
        "activity_data_show?id={activity}&object_type=package",
        "activity_data_show?id={activity}",
        "activity_diff?id={activity}&object_type=package&diff_type=html",
    )
    for address in (
        "/dataset/activity/{package}",
        "/dataset/changes/{activity}",
        "/dataset/{package}/history/{activity}",
        "/dataset/{package}/resources/{resource}/history/{activity}",
        "/user/activity/{author}",
        "/organization/activity/{owner}",
    ):
        yield probe("activity", address)


def _search() -> Iterator[Probe]:
    yield from _api(
        "resource_search",
        "resource_search?query=name:{file}",
        "resource_search?query=url:{resource}",
        "resource_search?query=id:{resource}",
        "resource_search?query=hash:{digest}",
        "resource_search?query=original_name:{file}",
        "resource_search?query=description:{value}",
        "resource_search?query=format:csv&limit=1000",
    )
    search = "package_search?rows=1000&" + PRIVATE
    yield from _api(
        "search",
        search,
        f"{search}&fq=%2Bdataset_type:entry",
        f"{search}&fq=%2Bcapacity:private",
        f"{search}&fq=%2Bstate:*&use_default_schema=true",
        f"{search}&fq=opening_state:stopped",
        f"{search}&facet.limit=-1&facet.field={_FACETS}",
        *(f"{search}&fl={field}" for field in _FIELDS),
        f"{search}&sort=title_string+asc",
        expects="no_entry",
    )
    yield from _api(
        "search",
        *(
            f"{search}&{how}"
            for how in (
                "q=id:{package}",
                "fq=id:{package}",
                "fq=name:{name}",
                "fq=res_url:*{resource}*",
                "fq=res_extras_id:{resource}",
                "q=res_name:%22{file}%22",
                "fq=title_string:%22{title}%22",
                "q=%22{value}%22&fq=%2Bdataset_type:entry",
                "q=%7B!terms+f=id%7D{package}",
                "q=*:*&sort=termfreq(id,%27{package}%27)+desc&fq=id:{package}",
                "fq=res_hash:*{digest}*",
                "fq=tags:%22{word}%22%20AND%20dataset_type:entry",
                "fq=%2Bid:{package}%20OR%20permission_labels:*",
            )
        ),
        "package_autocomplete?q={title}",
        "package_autocomplete?q={name}",
        "edudata_resource_catalog_search?q={title}",
        "edudata_resource_catalog_search?q={file}",
        "edudata_resource_catalog_search?q={value}",
        "edudata_open_list_search?q={title}",
    )
    for address in (
        "/api/2/util/dataset/autocomplete?incomplete={title}",
        "/dataset/?q={title}",
        "/dataset/?q={value}",
        "/dataset/?q=id:{package}",
        "/dataset/?_dataset_type=entry&ext_include_private=1",
        "/entry/?q={title}",
        "/organization/{owner}?q={title}",
        "/organization/{owner}?q=id:{package}",
    ):
        yield probe("search", address, loose=True)


def _shows() -> Iterator[Probe]:
    yield from _api(
        "show",
        "package_show?id={package}",
        "package_show?id={name}",
        "package_show?id={package}&use_default_schema=true",
        "package_show?id={package}&include_tracking=true&include_plugin_data=true",
        "resource_show?id={resource}",
        "package_list?limit=100000",
        "current_package_list_with_resources?limit=1000",
        "group_show?id={owner}&include_datasets=true",
        "organization_show?id={owner}&include_datasets=true&include_users=true",
        "organization_list?all_fields=true&include_dataset_count=true&limit=1000",
        "user_show?id={author}&include_datasets=true",
        "user_list?all_fields=true",
        "member_list?id={owner}",
        "member_list?id={owner}&object_type=package",
        "package_relationships_list?id={package}",
        "package_collaborator_list?id={package}",
        "edudata_release_list?id={package}",
        "edudata_release_show?id={package}&version=1",
    )
    for base in ("/dataset", "/entry"):
        for address in ("{package}", "{name}", "{package}/resource/{resource}"):
            yield probe("show", f"{base}/{address}")
    for address in ("/dataset/{package}/version/1", "/dataset/{package}/versions"):
        yield probe("show", address)


def _data() -> Iterator[Probe]:
    search = "datastore_search?resource_id="
    for name in ("resource", "table"):
        ref = "{" + name + "}"
        yield from _api(
            "datastore",
            search + ref,
            f"{search}{ref}&limit=0&include_total=true",
            f"{search}{ref}&records_format=csv",
            f"{search}{ref}&distinct=true&fields=_id",
            f"{search}{ref}&sort=_id+desc",
            f"{search}{ref}&q={{value}}",
            f"{search}{ref}&filters=%7B%22_id%22:1%7D",
            f"datastore_search?id={ref}",
            f"datastore_info?id={ref}",
            f"datastore_info?resource_id={ref}",
            f"datastore_search_sql?sql=SELECT+*+FROM+%22{ref}%22",
        )
        for how in _DUMPS:
            yield probe("datastore", f"/datastore/dump/{ref}?format={how}&bom=true")
        yield probe("datastore", f"/datastore/api_info/{ref}")
        yield probe("datastore", f"/dataset/{{package}}/dictionary/{ref}")
        yield probe("datastore", f"/entry/{{package}}/dictionary/{ref}")
    yield from _api(
        "datastore",
        search + "_table_metadata&limit=5000",
        search + "_table_stats&limit=5000",
        search + "pg_tables&limit=5000",
        search + "_full_text",
        "datastore_search_sql?sql=SELECT+*+FROM+%22_table_metadata%22",
        "datastore_search_sql?sql=SELECT+tablename+FROM+pg_tables",
    )


def _files() -> Iterator[Probe]:
    for base in ("dataset", "entry"):
        where = f"/{base}/{{package}}/resource/{{resource}}"
        for end in ("download", "download/data.csv", "download/{digest}.csv", "proxy"):
            yield probe("download", f"{where}/{end}")
    yield from _api(
        "files",
        "file_search?limit=1000",
        "file_show?id={file_id}",
        "file_show?id={resource}",
        "file_owner_scan?owner_type=package&owner_id={package}",
        "file_owner_scan?owner_type=resource&owner_id={resource}",
    )
    yield probe("files", "/file/download/{resource}")
    yield probe("files", "/file/download/{file_id}")
    yield probe("files", "/file/trusted-download/{resource}")
    for address in STATIC:
        yield probe("uploads", address)


def _others() -> Iterator[Probe]:
    yield from _api(
        "views",
        "resource_view_list?id={resource}",
        "resource_view_show?id={view}",
    )
    where = "/dataset/{package}/resource/{resource}"
    for address in (where + "/view", where + "/view/{view}", where + "/views"):
        yield probe("views", address)
    for end in ("", "?filters=&format=csv"):
        yield probe("views", "/datatables/filtered-download/{view}" + end)
    yield probe("views", "/datatables/ajax/{view}", method="POST")
    yield probe("table designer", "/dataset/{package}/tabledesigner/{resource}/add-row")
    yield from _api(
        "task_status",
        "task_status_show?entity_id={resource}&task_type=xloader&key=xloader",
        "task_status_show?entity_id={package}&task_type=harvest&key=x",
        "xloader_status?resource_id={resource}",
        "datapusher_status?resource_id={resource}",
        "job_list",
    )
    yield from _api(
        "followers",
        "dataset_follower_count?id={package}",
        "dataset_follower_list?id={package}",
        "am_following_dataset?id={package}",
        "dataset_followee_list?id={author}",
        "followee_list?id={author}",
    )
    yield from _api(
        "tags",
        "tag_list?all_fields=true",
        "tag_list?query={word}",
        "tag_show?id={word}&include_datasets=true",
        "tag_search?query={word}",
        "tag_autocomplete?query={word}",
        "format_autocomplete?q=c",
        "vocabulary_list",
    )
    for address in (
        "/feeds/dataset.atom",
        "/feeds/dataset.atom?q={package}",
        "/feeds/organization/{owner}.atom",
        "/feeds/group/{owner}.atom",
        "/feeds/tag/{word}.atom",
        "/feeds/custom.atom?q={title}",
        "/feeds/custom.atom?q=id:{package}",
        "/feeds/custom.atom?fq=dataset_type:entry",
        "/open-list/{owner}.atom",
        "/open-list/{owner}.csv",
        "/open-list/{owner}/all.json",
    ):
        yield probe("feeds", address, loose=True)
    for name in _RDF:
        yield probe("rdf", f"/dataset/{{package}}.{name}")
        yield probe("rdf", f"/catalog.{name}?q={{title}}", loose=True)
        yield probe("rdf", f"/catalog.{name}")
    again = (("If-None-Match", "*"),)
    yield probe("rdf", "/dataset/{package}.ttl", headers=again)
    yield from _api("rdf", "dcat_dataset_show?id={package}", "dcat_catalog_show")
    yield from _api(
        "harvest",
        "harvest_source_list",
        "harvest_source_show?id={package}",
        "harvest_object_show?id={resource}",
    )
    yield from _api("tokens", "api_token_list?user_id={author}")
    for address in (
        "/resource-catalog/?q={title}",
        "/resource-catalog/{package}",
        "/catalogs/{owner}",
        "/catalogs/{owner}/1",
        "/catalogs/{owner}/1/line/{package}",
        "/catalogs/{owner}/1/lines.json",
    ):
        yield probe("catalog", address, loose=True)
    yield from _api(
        "catalog",
        "edudata_resource_catalog_search?rows=100",
        "edudata_resource_catalog_show?id={package}",
        "edudata_resource_catalog_hint?q={title}",
        "edudata_entry_list",
        "edudata_entry_show?id={package}",
        "edudata_check_show?resource_id={resource}",
        "edudata_audit_list",
    )


def _applications() -> Iterator[Probe]:
    yield from _api(
        "applications",
        "edudata_request_show?id={record}",
        "edudata_request_list?inbox=true&limit=100",
        "edudata_request_list?resource_id={resource}",
        "edudata_application_show?id={record}",
        "edudata_application_list",
        "edudata_attachment_list?application_id={record}",
        "edudata_applicant_show?user_id={author}",
        "edudata_grant_show?id={record}",
        "edudata_grant_list?request_id={record}",
        "edudata_delivery_list?grant_id={record}",
        "edudata_extract_show?id={record}",
        "edudata_extract_list?grant_id={record}",
        "edudata_use_report_show?request_id={record}",
        "edudata_recall_show?id={record}",
        "edudata_notice_list",
        "edudata_service_figures_show",
    )
    for address in (
        "/requests",
        "/requests/{record}",
        "/requests/attachments/{record}",
        "/applications/{record}",
        "/extracts/{record}",
        "/grants",
        "/deliveries",
        "/service-figures",
    ):
        yield probe("applications", address)


def _lists() -> Iterator[Probe]:
    for address in ("/sitemap.xml", "/robots.txt", "/", "/organization/", "/demands/"):
        yield probe("sitemap", address)
    yield probe("sitemap", "/organization/{owner}")


_KEYS = (
    *("id", "resource_id", "package_id", "entry_id", "dataset_id", "name_or_id"),
    *("entity_id", "object", "subject", "object_id", "owner_id", "grant_id"),
    *("request_id", "application_id", "extract_id", "user_id"),
)
_FIXED = {
    "object_type": "package",
    "owner_type": "package",
    "task_type": "x",
    "key": "x",
    "title": "x",
    "version": "1",
}


def actions(names: Iterable[str]) -> Iterator[Probe]:
    """Every reading action of the API, asked by every kind of reference."""
    asked = [(key, "{place}") for key in _KEYS]
    question = urlencode([*asked, *_FIXED.items()], safe="{}")
    for name in sorted(names):
        for place in ("package", "resource", "table", "record"):
            filled = question.replace("{place}", "{" + place + "}")
            yield probe(EVERY_ACTION, f"{API}{name}?{filled}")


_ANY = re.compile(r"<any\((\w+)[^>]*\):\w+>")
_PLACE = re.compile(r"<(?:(?:string|path|[a-z]+(?:\([^)]*\))?):)?(\w+)>")
_PLACES = {
    "resource_id": "resource",
    "view_id": "view",
    "activity_id": "activity",
    "unit": "owner",
    "number": None,
    "token": "resource",
}
_PASSED_BY = re.compile(
    r"logout|logged_out|reset|/delete|_delete|/api/|/webassets|<path:|/util/redirect"
)


def pages(rules: Iterable[str]) -> Iterator[Probe]:
    """Every page by GET, its places filled with references.

    :param rules: as Flask writes them, such as `/dataset/<id>`
    """
    for rule in sorted(set(rules)):
        if _PASSED_BY.search(rule):
            continue
        plain = _ANY.sub(r"\1", rule)
        plain = plain.replace("<_format>", "ttl").replace("<format>", "csv")
        names = _PLACE.findall(plain)
        if not names:
            yield probe(EVERY_PAGE, plain)
            continue
        several = any(name in _PLACES and _PLACES[name] for name in names)
        for id_place in ("package", "record") if not several else ("package",):
            filled = _PLACE.sub(lambda m, p=id_place: _filled(m[1], p), plain)
            yield probe(EVERY_PAGE, filled)


def _filled(name: str, id_place: str) -> str:
    if name not in _PLACES:
        return "{" + id_place + "}"
    place = _PLACES[name]
    return "{" + place + "}" if place else "1"
