"""What the page of an open dataset, of a table and of a version are made of."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.portal import examples, preview

DATA, CONDITIONAL, SAMPLE = "data", "conditional", "sample"


def caller() -> Any:
    """Context of an action called for the person who looks at a page."""
    user = tk.current_user
    return {"user": user.name, "auth_user_obj": user, "for_view": True}


def package(reference: str) -> dict[str, Any]:
    """An open dataset or an entry that the person may see; else page 404."""
    try:
        return tk.get_action("package_show")(caller(), {"id": reference})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no open dataset at this address."))


def versions(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Versions of a dataset, newest first."""
    return tk.get_action("edudata_release_list")(caller(), {"id": found["id"]})


def as_released(version: dict[str, Any]) -> list[dict[str, Any]]:
    """Resources of a version: as described then, with what is known of the tables.

    :param version: as `edudata_release_show` gives it
    """
    described = {item["id"]: item for item in version["metadata"]["resources"]}
    found = {item["resource_id"]: item for item in version["resources"]}
    return [{**described[key], **found[key]} for key in described if key in found]


def frozen_tables(version: dict[str, Any]) -> dict[str, str]:
    """Public id → table of an earlier version, where it may be read."""
    return {
        item["resource_id"]: item["table_id"]
        for item in version["resources"]
        if item["table_id"]
    }


def leading(resources: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The table a page begins with: the first that holds data, else the first."""
    ordered = sorted(
        resources, key=lambda item: (DATA, CONDITIONAL, SAMPLE).index(item["kind"])
    )
    return ordered[0] if ordered else None


def sample_of(
    resource: dict[str, Any], resources: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """The synthetic sample of a conditional resource.

    A release stages the samples after the tables, in the same order.
    """
    conditional = [item for item in resources if item["kind"] == CONDITIONAL]
    samples = [item for item in resources if item["kind"] == SAMPLE]
    ids = [item["id"] for item in conditional]
    if resource["id"] in ids and ids.index(resource["id"]) < len(samples):
        return samples[ids.index(resource["id"])]
    return None


def labels(items: list[dict[str, Any]] | None) -> dict[str, str]:
    """Column → label of its information item."""
    return {item["name"]: item.get("label") or item["name"] for item in items or []}


def table(
    resource: dict[str, Any],
    resources: list[dict[str, Any]],
    *,
    frozen: dict[str, str] | None = None,
) -> dict[str, Any]:
    """All that is shown of one resource.

    :param resources: those of its dataset or version; the sample is one of them
    :param frozen: public id → table of an earlier version (optional)
    :returns: `{resource, shown, preview, readable, dump, examples}`; `shown` is the
        resource whose rows the preview holds: itself, or its sample
    """
    conditional = resource["kind"] == CONDITIONAL
    shown = sample_of(resource, resources) if conditional else resource
    # On a page of several tables a search says which one it is for.
    asked = tk.request.args.get("table") in (None, resource["id"])
    table_id = found = None
    if shown is not None:
        table_id = str((frozen or {}).get(shown["id"], shown["id"]))
        found = preview.preview(
            caller(),
            table_id,
            labels(shown.get("information_items")),
            q=tk.request.args.get("q", "").strip()[:200] if asked else "",
            page=_page() if asked else 1,
        )
    readable = None if conditional else table_id
    return {
        "resource": resource,
        "shown": shown,
        "preview": found,
        "readable": readable,
        "dump": table_id,
        "examples": readable
        and examples.examples(tk.config["ckan.site_url"].rstrip("/"), readable),
    }


def _page() -> int:
    try:
        return min(max(1, int(tk.request.args.get("page", "1"))), 1_000_000)
    except ValueError:
        return 1
