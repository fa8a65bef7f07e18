"""Forms of entries and their files. What was typed stays when something is wrong."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.navl.dictization_functions import unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from flask import Blueprint
from flask.views import MethodView

from ckanext.edudata import web
from ckanext.edudata.opening import classes

forms = web.answer_refusals(Blueprint("edudata_entry_form", __name__))

_QUESTIONS = ("law", "privacy", "demand")
_OF_CLOSED = ("opening_ground", "opening_basis", "opening_condition")


def _typed(part: str) -> dict[str, Any]:
    """What was typed into the fields that the form has, and nothing else."""
    found = clean_dict(unflatten(tuplize_dict(parse_params(tk.request.form))))
    fields = tk.h.scheming_get_dataset_schema("entry")[part]
    offered = [f["field_name"] for f in fields if f.get("form_snippet", "") is not None]
    typed = {name: found[name] for name in offered if name in found}
    for name in offered:
        # A box without its mark is not sent at all.
        if f"{name}-offered" in found and name not in typed:
            typed[name] = ""
    typed.update(answered(found))
    if typed.get("opening_class") == "unconditional":
        # The form hides these fields then; they belong to the other classes.
        typed.update(dict.fromkeys(_OF_CLOSED, ""))
    return typed


def as_typed(typed: dict[str, Any]) -> dict[str, Any]:
    """For the form shown again: also the answers that led to no class."""
    form = tk.request.form
    names = ("questions", *(f"opening_{name}" for name in _QUESTIONS))
    return {**typed, **{name: form[name] for name in names if name in form}}


def answered(found: dict[str, Any]) -> dict[str, str]:
    """Class and ground that follow from the questions of Article 27, where asked."""
    if "questions" not in found:
        return {}
    told = {name: str(found.get(f"opening_{name}") or "") for name in _QUESTIONS}
    result = classes.follows(**told)
    return {
        "opening_class": result.opening_class if result else "",
        "opening_ground": result.ground if result else "",
    }


def _labels(part: str) -> dict[str, str]:
    schema = tk.h.scheming_get_dataset_schema("entry")
    return {
        field["field_name"]: tk.h.scheming_language_text(field["label"])
        for field in schema[part]
        if field.get("label")
    }


class NewEntry(MethodView):
    """`/entry/new`: what the data are; the file follows on the next page."""

    def get(self) -> Any:
        return self._page({"owner_org": tk.request.args.get("unit", "")}, None)

    def post(self) -> Any:
        typed = _typed("dataset_fields")
        try:
            made = web.call("package_create", **typed, type="entry")
        except tk.ValidationError as error:
            return self._page(as_typed(typed), error)
        return tk.redirect_to("entry_resource.new", id=made["name"])

    def _page(self, data: dict[str, Any], error: tk.ValidationError | None) -> Any:
        tk.check_access("package_create", {"user": tk.g.user}, {})
        return _entry_form("edudata/catalog/new.html", data, error, pkg=None)


class EditEntry(MethodView):
    """`/entry/edit/<id>`: what is said about the data."""

    def get(self, id: str) -> Any:
        pkg = entry_of(id)
        return _entry_form("edudata/catalog/edit.html", dict(pkg), None, pkg=pkg)

    def post(self, id: str) -> Any:
        pkg, typed = entry_of(id), _typed("dataset_fields")
        typed.setdefault("no_state_secret", "")
        try:
            web.call("package_patch", **typed, id=pkg["id"])
        except tk.ValidationError as error:
            data = {**pkg, **as_typed(typed)}
            return _entry_form("edudata/catalog/edit.html", data, error, pkg=pkg)
        tk.h.flash_success(tk._("Saved. The description is checked again."))
        return tk.redirect_to("entry.read", id=pkg["name"])


class NewFile(MethodView):
    """`/entry/<id>/resource/new`: upload a file."""

    def get(self, id: str) -> Any:
        return _file_form(entry_of(id), None, {}, None)

    def post(self, id: str) -> Any:
        pkg = entry_of(id)
        typed = {**_typed_file(), "package_id": pkg["id"]}
        if not typed.get("upload"):
            return _file_form(pkg, None, typed, _no_file())
        try:
            web.call("resource_create", **typed)
        except tk.ValidationError as error:
            return _file_form(pkg, None, typed, error)
        tk.h.flash_success(tk._("Uploaded. The personal-data check has begun."))
        if tk.request.form.get("save") == "again":
            return tk.redirect_to("entry_resource.new", id=pkg["name"])
        return tk.redirect_to("entry.read", id=pkg["name"])


class EditFile(MethodView):
    """`/entry/<id>/resource/<rid>/edit`: a corrected file, other words."""

    def get(self, id: str, resource_id: str) -> Any:
        pkg = entry_of(id)
        return _file_form(pkg, file_of(pkg, resource_id), None, None)

    def post(self, id: str, resource_id: str) -> Any:
        pkg = entry_of(id)
        resource = file_of(pkg, resource_id)
        typed = _typed_file()
        new_file = bool(typed.get("upload"))
        try:
            web.call("resource_patch", **typed, id=resource["id"])
        except tk.ValidationError as error:
            return _file_form(pkg, resource, {**resource, **typed}, error)
        if new_file:
            tk.h.flash_success(
                tk._("The corrected file was uploaded and is being checked.")
            )
        else:
            tk.h.flash_success(tk._("Saved."))
        return tk.redirect_to("entry.read", id=pkg["name"])


@forms.route("/entry/<id>/resource/<resource_id>/delete", methods=["GET", "POST"])
def delete_file(id: str, resource_id: str) -> Any:
    """Remove a file from the entry; what was released of it stays."""
    pkg = entry_of(id)
    resource = file_of(pkg, resource_id)
    if tk.request.method == "GET":
        return tk.redirect_to(
            "entry_resource.edit", id=pkg["name"], resource_id=resource["id"]
        )
    web.call("resource_delete", id=resource["id"])
    tk.h.flash_success(tk._("The file was removed from this entry."))
    return tk.redirect_to("entry.read", id=pkg["name"])


@forms.route("/entry/delete/<id>", methods=["GET", "POST"])
def delete(id: str) -> Any:
    """Delete an entry that nothing was released from."""
    pkg = entry_of(id)
    if tk.request.method == "GET":
        return tk.redirect_to("entry.read", id=pkg["name"])
    if web.call("edudata_opened_list", id=pkg["id"]):
        tk.h.flash_error(
            tk._(
                "Data were released from this entry; stop opening them, keep the entry."
            )
        )
        return tk.redirect_to("entry.read", id=pkg["name"])
    web.call("package_delete", id=pkg["id"])
    tk.h.flash_success(tk._("The entry was deleted."))
    return tk.redirect_to("edudata_desk.desk")


def entry_of(reference: str) -> dict[str, Any]:
    """The entry, for somebody who may change it."""
    pkg = web.call("package_show", id=reference)
    if pkg["type"] != "entry":
        raise tk.ObjectNotFound
    tk.check_access("package_update", {"user": tk.g.user}, {"id": pkg["id"]})
    return pkg


def file_of(pkg: dict[str, Any], resource_id: str) -> dict[str, Any]:
    found = [item for item in pkg["resources"] if item["id"] == resource_id]
    if not found:
        raise tk.ObjectNotFound
    return found[0]


def _typed_file() -> dict[str, Any]:
    typed = _typed("resource_fields")
    typed.pop("url", None)
    upload = tk.request.files.get("upload")
    if upload is not None and upload.filename:
        typed["upload"] = upload
    return typed


def _no_file() -> tk.ValidationError:
    message = tk._("Choose a file: XLSX, XLS or CSV.")
    return tk.ValidationError({"url": [message]})


def _entry_form(
    template: str,
    data: dict[str, Any],
    error: tk.ValidationError | None,
    *,
    pkg: dict[str, Any] | None,
) -> Any:
    page = tk.render(
        template,
        {
            "pkg": pkg,
            "data": data,
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, _labels("dataset_fields")) if error else [],
        },
    )
    return (page, 422) if error else page


def _file_form(
    pkg: dict[str, Any],
    resource: dict[str, Any] | None,
    data: dict[str, Any] | None,
    error: tk.ValidationError | None,
) -> Any:
    page = tk.render(
        "edudata/catalog/file.html",
        {
            "pkg": pkg,
            "resource": resource,
            "data": data if data is not None else dict(resource or {}),
            "opened": web.call("edudata_opened_list", id=pkg["id"]),
            "fields": [
                field
                for field in tk.h.scheming_get_dataset_schema("entry")[
                    "resource_fields"
                ]
                if field.get("form_snippet", "") is not None
            ],
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, _labels("resource_fields")) if error else [],
        },
    )
    return (page, 422) if error else page


forms.add_url_rule("/entry/new", view_func=NewEntry.as_view("new"))
forms.add_url_rule("/entry/edit/<id>", view_func=EditEntry.as_view("edit"))
forms.add_url_rule("/entry/<id>/resource/new", view_func=NewFile.as_view("new_file"))
forms.add_url_rule(
    "/entry/<id>/resource/<resource_id>/edit", view_func=EditFile.as_view("edit_file")
)
