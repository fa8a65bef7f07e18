"""Seals of the trail as pages for auditors: where they stand, blocks, proof, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.audit import check_export, checking, exporting

edudata_audit_seals = web.answer_refusals(Blueprint("edudata_audit_seals", __name__))

PAGE = 50


@edudata_audit_seals.route("/audit/seals")
def seals() -> Any:
    """Where the sealing stands, and the blocks, newest first."""
    if current_user.is_anonymous:
        return web.to_login()
    return _page()


def _page(
    errors: dict[str, Any] | None = None, given: dict[str, str] | None = None
) -> Any:
    before = tk.request.args.get("before", "")
    asked = {"before": int(before)} if before.isdecimal() and len(before) < 18 else {}
    found = web.call("edudata_audit_block_list", limit=PAGE, **asked)
    last = found["blocks"][-1]["number"] if found["blocks"] else 0
    state = web.call("edudata_audit_seal_show")
    verified = state["verified"] or {}
    return tk.render(
        "edudata/audit/seals.html",
        {
            "state": state,
            "broken": checking.KINDS.get(verified.get("detail", {}).get("kind", "")),
            "blocks": found["blocks"],
            "count": found["count"],
            "older": last if len(found["blocks"]) == PAGE and last > 1 else None,
            "before": before,
            "may_verify": web.may("edudata_audit_verify"),
            "errors": errors or {},
            "given": given or {},
        },
    )


@edudata_audit_seals.route("/audit/verify", methods=["POST"])
def verify() -> Any:
    """Have the trail proven in the background."""
    web.call("edudata_audit_verify")
    tk.h.flash_success(
        tk._("The proof has begun. What comes of it stands here when it is done.")
    )
    return tk.h.redirect_to("edudata_audit_seals.seals")


@edudata_audit_seals.route("/audit/export", methods=["POST"])
def export() -> Any:
    """Records of a period as a file: lines with proofs, or a sheet."""
    given = {
        key: tk.request.form.get(key, "").strip() for key in ("from", "to", "format")
    }
    try:
        found = web.call(
            "edudata_audit_export", **{k: given[k] for k in ("from", "to")}
        )
    except tk.ValidationError as error:
        return _page(error.error_dict, given), 400
    name = f"{tk._('Audit trail')} {given['from']} – {given['to']}"
    if given["format"] == "csv":
        rows = exporting.rows(found["lines"])
        return web.download(
            csv_files.as_csv(exporting.HEAD, rows), f"{name}.csv", "text/csv"
        )
    text = "".join(
        json.dumps(line, ensure_ascii=False) + "\n" for line in found["lines"]
    )
    return web.download(text.encode(), f"{name}.jsonl", "application/x-ndjson")


@edudata_audit_seals.route("/audit/check_export.py")
def script() -> Any:
    """The script that proves such a file; it stands alone, and is no secret."""
    content = Path(check_export.__file__).read_bytes()
    return web.download(content, "check_export.py", "text/x-python")
