"""An open dataset as schema.org describes one, for search engines. Pure."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.portal import dcat_words as words


def of_dataset(
    dataset: dict[str, Any], *, site_url: str, site_title: str, labels: dict[str, str]
) -> dict[str, Any] | None:
    """JSON-LD of a dataset; None for what is not open, or no longer.

    :param labels: labels of its district and licence, by field
    """
    if not words.served(dataset):
        return None
    page = f"{site_url.rstrip('/')}/dataset/{dataset['name']}"
    conditional = dataset["opening_class"] == "conditional"
    unit = dataset.get("organization") or {}
    start, end = dataset.get("temporal_start"), dataset.get("temporal_end")
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": page,
        "url": page,
        "identifier": dataset["id"],
        "name": dataset["title"],
        "description": dataset.get("notes") or dataset["title"],
        "inLanguage": "zh-CN",
        "datePublished": dataset.get("first_released"),
        "dateModified": dataset.get("last_released"),
        "version": dataset.get("release_version"),
        "keywords": [tag["name"] for tag in dataset.get("tags") or []],
        "isAccessibleForFree": True,
        "conditionsOfAccess": dataset.get("opening_condition") if conditional else None,
        "license": words.LICENCES.get(dataset.get("license_id") or "")
        or labels.get("license_id"),
        "creator": _unit(unit),
        "publisher": _unit(unit),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": site_title,
            "url": site_url,
        },
        "temporalCoverage": f"{start or '..'}/{end or '..'}" if start or end else None,
        "spatialCoverage": labels.get("district") or dataset.get("spatial_coverage"),
        "variableMeasured": _columns(dataset),
        "distribution": _files(dataset, page),
    }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _unit(unit: dict[str, Any]) -> dict[str, Any] | None:
    if not unit:
        return None
    return {"@type": "GovernmentOrganization", "name": unit.get("title")}


def _columns(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns of the data; those of the sample are the same."""
    found: dict[str, dict[str, Any]] = {}
    for resource in dataset.get("resources") or []:
        items = resource.get("information_items")
        for item in items if isinstance(items, list) else []:
            told = {
                "@type": "PropertyValue",
                "name": item.get("label") or item["name"],
                "description": item.get("description"),
            }
            kept = {key: value for key, value in told.items() if value}
            found.setdefault(item["name"], kept)
    return list(found.values())


def _files(dataset: dict[str, Any], page: str) -> list[dict[str, Any]]:
    """What can be downloaded: open data, and the samples of conditional data."""
    found = []
    for resource in dataset.get("resources") or []:
        name = str(resource.get("url") or "").rsplit("/", 1)[-1]
        if resource.get("kind") not in ("data", "sample") or not name:
            continue
        sample = resource["kind"] == "sample"
        file = {
            "@type": "DataDownload",
            "name": (resource.get("name") or dataset["title"])
            + (words.SAMPLE if sample else ""),
            "description": words.SAMPLE_TOLD if sample else "",
            "encodingFormat": "text/csv",
            "contentUrl": f"{page}/resource/{resource['id']}/download/{name}",
        }
        found.append({key: value for key, value in file.items() if value})
    return found
