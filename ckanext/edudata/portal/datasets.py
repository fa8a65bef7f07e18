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
    table_id: str | None = None,
) -> dict[str, Any]:
    """All that is shown of one resource.

    :param table_id: read this frozen table instead of the current one (optional)
    :returns: `{resource, shown, sample, preview, examples, dump}`; `shown` is the
        resource whose rows the preview holds: itself, or its sample
    """
    sample = sample_of(resource, resources)
    shown = sample if resource["kind"] == CONDITIONAL else resource
    found = None
    if shown is not None:
        found = preview.preview(
            caller(),
            table_id or shown["id"],
            labels(shown.get("information_items")),
            q=tk.request.args.get("q", "").strip()[:200],
            page=_page(),
        )
    readable = table_id or (resource["id"] if resource["kind"] != CONDITIONAL else None)
    return {
        "resource": resource,
        "shown": shown,
        "sample": sample,
        "preview": found,
        "readable": readable,
        "dump": shown and (table_id or shown["id"]),
        "examples": readable
        and examples.examples(tk.config["ckan.site_url"].rstrip("/"), readable),
    }


def _page() -> int:
    try:
        return min(max(1, int(tk.request.args.get("page", "1"))), 1_000_000)
    except ValueError:
        return 1
