"""What templates of all rooms may ask."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import i18n
from flask_babel import format_date
from markupsafe import Markup

from ckanext.edudata.portal import errors

CLASSES = {
    "unconditional": "open",
    "conditional": "conditional",
    "not_open": "closed",
    "stopped": "stopped",
}


def edudata_choices(field: str) -> list[dict[str, str]]:
    """Choices of a coded field of open datasets, with labels in the page's language.

    :returns: `[{value, label}]`, empty where the field has no code list
    """
    schema = tk.h.scheming_get_dataset_schema("dataset") or {"dataset_fields": []}
    found = tk.h.scheming_field_by_name(schema["dataset_fields"], field) or {}
    return [
        {
            "value": choice["value"],
            "label": tk.h.scheming_language_text(choice["label"]),
        }
        for choice in found.get("choices") or []
    ]


def edudata_choice_label(field: str, value: str) -> str:
    """The label of a code (310104 → 徐汇区), or the code where it has none."""
    labels = {choice["value"]: choice["label"] for choice in edudata_choices(field)}
    return labels.get(value, value or "")


def edudata_unit_kind(value: str) -> str:
    """The label of a kind of unit."""
    schema = tk.h.scheming_get_organization_schema("organization") or {"fields": []}
    field = tk.h.scheming_field_by_name(schema["fields"], "kind") or {}
    for choice in field.get("choices") or []:
        if choice["value"] == value:
            return tk.h.scheming_language_text(choice["label"])
    return value or ""


def edudata_facet_items(
    name: str, search_facets: dict[str, Any]
) -> list[dict[str, Any]]:
    """Values of a facet, labelled; code lists in their own order, others by number.

    :returns: `[{name, label, count, active}]`
    """
    asked = tk.request.args.getlist(name)
    found = {
        item["name"]: {
            "name": item["name"],
            "label": item.get("display_name") or item["name"],
            "count": item["count"],
            "active": item["name"] in asked,
        }
        for item in (search_facets.get(name) or {}).get("items", [])
        if item["name"].strip()
    }
    choices = edudata_choices(name)
    if choices:
        for choice in choices:
            if choice["value"] in found:
                found[choice["value"]]["label"] = choice["label"]
        return [found[c["value"]] for c in choices if c["value"] in found]
    return sorted(found.values(), key=lambda item: (-item["count"], item["label"]))


def edudata_filter_label(
    name: str, value: str, search_facets: dict[str, Any] | None
) -> str:
    """Words for a filter that is set, also where it finds nothing."""
    for item in edudata_facet_items(name, search_facets or {}):
        if item["name"] == value:
            return item["label"]
    if name == "organization":
        for unit in tk.get_action("edudata_unit_tree")({}, {}):
            if unit["name"] == value:
                return unit["title"]
    return edudata_choice_label(name, value)


def edudata_class_mark(package: dict[str, Any]) -> str:
    """Which look the tag of a dataset's opening class has."""
    if package.get("opening_state") == "stopped":
        return CLASSES["stopped"]
    return CLASSES.get(package.get("opening_class") or "", "closed")


def edudata_class_label(package: dict[str, Any]) -> str:
    """The opening class of a dataset in words."""
    if package.get("opening_state") == "stopped":
        return edudata_choice_label("opening_state", "stopped")
    return edudata_choice_label("opening_class", package.get("opening_class") or "")


def edudata_languages() -> list[dict[str, Any]]:
    """This page in the languages of the portal.

    :returns: `[{locale, lang, name, url, current}]`
    """
    here = tk.h.current_url()
    now = tk.h.lang()
    return [
        {
            "locale": str(locale),
            "lang": tk.h.unix_locale_to_bcp47(str(locale)),
            "name": "中文" if locale.language == "zh" else locale.display_name,
            "url": tk.h.url_for(here, locale=str(locale)),
            "current": str(locale) == now,
        }
        for locale in i18n.get_available_locales()
    ]


def edudata_is_at(*prefixes: str) -> bool:
    """Whether the page asked for lies below one of the paths (for the navigation)."""
    path = tk.request.path
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)


def edudata_error_words(code: Any, content: Any) -> dict[str, str]:
    """Heading, explanation and way out of an error page.

    :returns: `{heading, said, advice}`
    """
    return errors.words(code, content)


def edudata_number(value: Any) -> str:
    """A number as people write it; nothing for what is unknown."""
    return "" if value is None or value == "" else tk.h.localised_number(int(value))


def edudata_bytes(value: Any) -> str:
    """A file's size in KB or MB."""
    size = int(value or 0)
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def edudata_date(value: Any) -> str:
    """The day of a moment, in the language of the page and the portal's time zone."""
    if not value:
        return ""
    moment = value
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    local = moment.astimezone(tk.h.get_display_timezone())
    return format_date(local.date(), "long")


def edudata_type_label(value: str) -> str:
    """The type of a column in words."""
    labels = {
        "text": tk._("Text"),
        "integer": tk._("Whole number"),
        "numeric": tk._("Number"),
        "date": tk._("Date"),
        "timestamp": tk._("Date and time"),
        "boolean": tk._("Yes or no"),
    }
    return labels.get(value or "text", value)


def edudata_sends_mail() -> bool:
    """Whether the operator has set the portal up to send mail."""
    return bool(tk.config.get("smtp.mail_from"))


def edudata_apply_url(name: str, resource_id: str) -> str:
    """Where one applies for a conditional resource."""
    return tk.h.url_for(f"/dataset/{name}/apply/{resource_id}")


def edudata_text(value: str | None) -> Markup:
    """A summary as its author wrote it, Markdown cleaned by CKAN."""
    return Markup(tk.h.render_markdown(value or ""))  # noqa: S704  cleaned by CKAN
