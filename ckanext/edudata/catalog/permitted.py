"""What the check of an entry's files says of its opening class."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.opening import classes


def by_check(package: model.Package | None) -> str | None:
    """The loosest class that all files permit which are meant to be released.

    :returns: None where there is no such file, or one has not been checked to the end
    """
    if package is None:
        return None
    kept = [
        resource.id
        for resource in package.resources
        if resource.state == "active"
        and not tk.asbool((resource.extras or {}).get("not_released"))
    ]
    if not kept:
        return None
    found: list[dict[str, Any]] = tk.get_action("edudata_check_list")(
        {"ignore_auth": True}, {"id": package.id}
    )
    done = {
        check["resource_id"]: check["permits"] or classes.NOT_OPEN
        for check in found
        if check["state"] == "done"
    }
    if any(resource_id not in done for resource_id in kept):
        return None
    return classes.closest(done[resource_id] for resource_id in kept)
