"""Links of one's own account to an institution's single sign-on.

Linking itself is no action: it needs the institution's word in the browser.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.identity import keeping_sign_on
from ckanext.edudata.identity import schema_factors as schema
from ckanext.edudata.units import people


@tk.side_effect_free
def edudata_institution_account_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """The caller's links.

    :returns: `[{id, linked_at, used_at}]`
    """
    tk.check_access("edudata_institution_account_list", context, data_dict)
    return keeping_sign_on.of(people.actor_id(context) or "")


@validate(schema.identified)
def edudata_institution_account_end(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """End a link of one's own.

    :param id: of the link
    :returns: `{id}`
    """
    tk.check_access("edudata_institution_account_end", context, data_dict)
    keeping_sign_on.end(people.actor_id(context) or "", data_dict["id"])
    return {"id": data_dict["id"]}
