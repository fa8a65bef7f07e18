"""For the room of the check, which reads released content again under new rules."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.opening import forgetting, reread, schema


def edudata_released_content_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Tables and words of all versions that somebody can still get (internal).

    :returns: `[{kind: table | words, subject, dataset_id, version, live,
        opening_class, entry_id, resource_id, unit_id, cells}]`, what most people can
        take first; `resource_id` is the entry's
    """
    tk.check_access("edudata_released_content_list", context, data_dict)
    return reread.subjects()


@validate(schema.released_content)
def edudata_released_content_fetch(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """One of them, as people get it (internal).

    :param kind: table or words
    :param subject: as listed
    :param path: where a table is written to
    :returns: `{texts}` of words by place, or `{name}` of the table's file
    :raises ObjectNotFound: it stands nowhere any more
    """
    tk.check_access("edudata_released_content_fetch", context, data_dict)
    if data_dict["kind"] == "words":
        return {"texts": reread.words(data_dict["subject"])}
    return {"name": reread.fetch(data_dict["subject"], data_dict["path"])}


@validate(schema.released_forget)
def edudata_released_content_forget(context: Context, data_dict: DataDict) -> None:
    """Stop and remove what was released of classified content (internal).

    :param id: id of the entry
    :param resources: ids of the entry's resources; None: all, and the words
    """
    tk.check_access("edudata_released_content_forget", context, data_dict)
    forgetting.forget(data_dict["id"], data_dict.get("resources"))
