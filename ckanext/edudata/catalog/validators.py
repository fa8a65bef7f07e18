"""Checks of what is said about an entry."""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.edudata.catalog import item_check, permitted
from ckanext.edudata.opening import classes
from ckanext.edudata.units import people


def edudata_keywords(value: Any) -> str:
    """Keywords, separated by commas of either kind, each once."""
    words = [word.strip() for word in re.split(r"[,，、;；\n]", str(value or ""))]
    bad = [word for word in words if len(word) > 50]
    if bad:
        raise tk.Invalid(tk._("A keyword has at most 50 characters"))
    if any(not (char.isalnum() or char in " -_.") for word in words for char in word):
        raise tk.Invalid(tk._("A keyword holds letters, digits, spaces and - _ . only"))
    return ",".join(dict.fromkeys(word for word in words if word))


def edudata_information_items(value: Any) -> Any:
    """Information items, see `items`: a list of objects, kept as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise tk.Invalid(tk._(item_check.ERRORS["list"])) from error
    found, errors = item_check.checked(value)
    if errors:
        messages = [
            tk._(item_check.ERRORS[error.what]).format(name=error.name[:60])
            for error in errors[:20]
        ]
        raise tk.Invalid(" ".join(f"{message}{tk._('. ')}" for message in messages))
    return json.dumps(found, ensure_ascii=False)


def edudata_list(value: Any) -> Any:
    """A list, whatever is in it."""
    if not isinstance(value, list):
        raise tk.Invalid(tk._("Must be a list"))
    return value


def edudata_json_list(value: Any) -> Any:
    """The list that JSON in the database stands for."""
    return json.loads(value) if isinstance(value, str) and value else value or []


def edudata_json(value: Any) -> Any:
    """Keep an object as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise tk.Invalid(tk._("Must be JSON")) from error
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def edudata_json_value(value: Any) -> Any:
    """The object that JSON in the database stands for."""
    return json.loads(value) if isinstance(value, str) and value else value


def edudata_declared(value: Any) -> Any:
    """Whoever enters data declares that no state secret is in them (Art. 2)."""
    if str(value).lower() not in ("true", "1", "on", "yes"):
        raise tk.Invalid(
            tk._(
                "Declare that the data hold no state secret. Classified data do not "
                "belong here: turn to your unit's secrecy office."
            )
        )
    return "true"


def edudata_uploaded_only(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Files reach the platform by upload; the server follows no address (Art. 15)."""
    kind = data.get((*key[:-1], "url_type"))
    if data.get(key) and kind not in ("upload", "datastore"):
        errors[key].append(tk._("Upload the file; links to other sites are not taken"))


def edudata_opening_class(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Art. 27: no class closer than unconditional without a ground, no law uncited.

    Stands at the class, because a validator of an empty field would not be asked.
    """
    ground = data.get(("opening_ground",)) or None
    message = classes.ground_error(data.get(key), ground)
    if message:
        errors.setdefault(("opening_ground",), []).append(tk._(message))
    if ground == "law" and not data.get(("opening_basis",)):
        errors.setdefault(("opening_basis",), []).append(
            tk._("Cite the law or regulation and its article that forbids opening")
        )
    if not message:
        _by_check(key, data, errors, context.get("package"), ground)


def _by_check(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    package: Any,
    ground: Any,
) -> None:
    """A class that is chosen anew is one that the check of the files bears out.

    Of one that stood before, and of a step towards a closer one, the entry's page and
    the release say so: other changes, and desensitized data to come, must not wait.
    """
    if package is None:
        return
    stored = package.extras or {}
    same = stored.get("opening_class") == data.get(key)
    if same and (stored.get("opening_ground") or None) == ground:
        return
    against = classes.limit(data.get(key), ground, permitted.by_check(package))
    if against == "no_personal" and not data.get(("opening_basis",)):
        errors.setdefault(("opening_basis",), []).append(tk._(classes.LIMITS[against]))
    elif (
        against
        and against != "no_personal"
        and not classes.allowed(
            str(data.get(key)), stored.get("opening_class", classes.NOT_OPEN)
        )
    ):
        errors[key].append(tk._(classes.LIMITS[against]))


def edudata_grade_allows_class(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Important and core data are never opened unconditionally (Art. 36)."""
    message = classes.grade_error(data.get(("opening_class",)), data.get(key))
    if message:
        errors[key].append(tk._(message))


def edudata_owner_unit(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """The unit exists, and the person compiles for it or for one above it (Art. 6)."""
    # Many descriptions of one person and few units: see `imports_plan.validated`.
    asked: dict[str, str] = context.get("edudata_compiled_units", {})  # type: ignore[assignment]
    given = data.get(key) or ""
    if given in asked:
        data[key] = asked[given]
        return
    unit = model.Group.get(given)
    if unit is None or not unit.is_organization or unit.state != "active":
        errors[key].append(tk._("There is no such unit"))
        return
    data[key] = unit.id
    if context.get("ignore_auth"):
        return
    if not people.holds(people.actor_id(context), ["compiler"], unit.id):
        errors[key].append(tk._("You are no compiler of this unit"))
        return
    asked[given] = unit.id
