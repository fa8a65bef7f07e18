"""DCAT is for everybody, so everybody is answered as nobody in particular.

ckanext-dcat searches and shows with the caller's rights: a compiler would find entries
in the catalog. Here its actions are asked by the anonymous person, for open datasets
that are open now, and by our profile only.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SearchQueryError
from ckan.types import Action, Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.portal import dcat_words as words
from ckanext.edudata.portal.nobody import anonymous

FORMATS = ("ttl", "jsonld", "xml", "rdf", "n3")
PROFILES = ["edudata_dcat"]
ONLY_OPEN = (
    "+dataset_type:dataset +capacity:public +opening_state:open "
    "+opening_class:(unconditional OR conditional)"
)
"""Filter of the search index for what stands in the catalog."""

LONGEST_QUERY = 200


@tk.chained_action
def dcat_dataset_show(
    next_action: Action, context: Context, data_dict: DataDict
) -> Any:
    """An open dataset as RDF; what is not open, or was stopped, is not there.

    :param id: id or name of the open dataset
    :param format: ttl, jsonld, xml, rdf or n3 (default: xml)
    """

    tk.check_access("dcat_dataset_show", context, data_dict)

    def described(data: DataDict) -> Any:
        form = _format(data)
        reference = tk.get_or_bust(data, "id")
        try:
            package = tk.get_action("package_show")(anonymous(), {"id": reference})
        except tk.NotAuthorized:
            raise tk.ObjectNotFound(tk._("There is no such open dataset")) from None
        if not words.served(package):
            raise tk.ObjectNotFound(tk._("There is no such open dataset"))
        asked = {"id": package["id"], "format": form, "profiles": PROFILES}
        return next_action(anonymous(), asked)

    # For nobody in particular: the veil, too, hides what the anonymous may not see.
    return veil.call(described, anonymous(), data_dict)


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_show(
    next_action: Action, context: Context, data_dict: DataDict
) -> Any:
    """All open datasets as RDF, page by page.

    :param format: ttl, jsonld, xml, rdf or n3 (default: xml)
    :param page: from 1 on (default: 1)
    :param modified_since: only those that changed since (ISO 8601, optional)
    :param q: words to search for (optional)
    """
    tk.check_access("dcat_catalog_show", context, data_dict)
    return _catalog(next_action, data_dict)


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_search(
    next_action: Action, context: Context, data_dict: DataDict
) -> Any:
    """As `dcat_catalog_show`."""
    tk.check_access("dcat_catalog_search", context, data_dict)
    return _catalog(next_action, data_dict)


def _catalog(next_action: Action, data_dict: DataDict) -> Any:
    asked = {
        "format": _format(data_dict),
        "profiles": PROFILES,
        "fq": ONLY_OPEN,
        "q": str(data_dict.get("q") or "*:*")[:LONGEST_QUERY],
        "page": data_dict.get("page"),
        "modified_since": data_dict.get("modified_since"),
    }
    if data_dict.get("fq"):
        raise tk.ValidationError({"fq": [tk._("Only q and modified_since are taken")]})
    try:
        return next_action(anonymous(), asked)
    except (SearchError, SearchQueryError):
        raise tk.ValidationError(
            {"q": [tk._("This search is not understood")]}
        ) from None


def _format(data_dict: DataDict) -> str:
    form = str(data_dict.get("format") or "xml")
    if form not in FORMATS:
        raise tk.ObjectNotFound(tk._("There is no such format"))
    return form
