"""Who may what: the one table that pages, docs and tests come from (Art. 5–9, 33, 38).

Pure: no CKAN, no database. A person holds a role for a unit and all below it. The
three administrators (三员, GB/T 22239-2019 8.1.5) hold theirs for the whole platform,
that is for the top of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role of the Measures.

    `label` is an English message id; `article` the clause it comes from.
    """

    name: str
    label: str
    label_zh: str
    article: str
    capacity: str = "member"


ROLES = {
    role.name: role
    for role in (
        Role("compiler", "Compiler", "编目员", "6, 16", "editor"),
        Role("reviewer", "Reviewer", "审核人", "6, 28"),
        Role("leader", "Unit leader", "单位领导", "16"),
        Role("coordinator", "Data coordinator", "数据管理协调", "8"),
        Role("technician", "Data technician", "数据技术管理", "9"),
        Role("security_officer", "Security officer", "安全管理责任人", "33"),
        Role("supervisor", "Supervisor", "监督考核", "40, 41"),
        Role("system_admin", "System administrator", "系统管理员", "34"),
        Role("security_admin", "Security administrator", "安全管理员", "34"),
        Role("audit_admin", "Audit administrator", "审计管理员", "34"),
    )
}

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
OF_UNIT = frozenset(ROLES) - ADMINISTRATORS

DESIGNATIONS = {
    "coordinator": "coordinating_department",
    "technician": "technical_department",
}
"""Roles that a level leaves to a department of its own (Art. 8, 9), and the field of
the unit that names it: the role held there counts for the level and all below."""

SENSITIVE = frozenset({"technician", "security_officer"}) | ADMINISTRATORS
"""Sensitive posts (Art. 37): they hold what guards the data, or carry data out."""

PERMISSIONS: dict[str, frozenset[str]] = {
    # catalog
    "entry_read": OF_UNIT,
    "entry_compile": frozenset({"compiler"}),
    "entry_review": frozenset({"reviewer"}),
    "entry_confirm": frozenset({"compiler", "reviewer"}),
    "quality_escalation": frozenset({"coordinator"}),
    "catalog_read": OF_UNIT,
    "source_decide": frozenset({"coordinator", "reviewer"}),
    "security_review": frozenset({"security_officer"}),
    "structure_notice": frozenset({"technician"}),
    "entry_import": frozenset({"compiler"}),
    "template_make": frozenset({"compiler", "coordinator"}),
    "template_read": frozenset({"compiler", "coordinator", "reviewer", "leader"}),
    "template_answer": frozenset({"compiler"}),
    # catalogs (Art. 16)
    "catalog_prepare": frozenset({"compiler"}),
    "catalog_submit": frozenset({"reviewer"}),
    "catalog_consolidate": frozenset({"coordinator"}),
    "catalog_consent": frozenset({"leader"}),
    "catalog_publish": frozenset({"technician"}),
    "catalog_merge": frozenset({"coordinator"}),
    # data demands (Art. 26)
    "demand_answer": frozenset({"reviewer", "coordinator"}),
    "demand_hide": frozenset({"coordinator"}),
    # desensitization
    "check_run": frozenset({"compiler", "reviewer", "security_officer"}),
    "finding_read": frozenset({"compiler", "reviewer", "security_officer"}),
    "desensitize": frozenset({"compiler"}),
    "exception_request": frozenset({"compiler", "reviewer"}),
    "exception_decide": frozenset({"security_officer"}),
    "exception_withdraw": frozenset({"compiler", "reviewer", "security_officer"}),
    # for the top of the tree
    "standing_rule_approve": frozenset({"coordinator"}),
    "ruleset_read": frozenset(
        {"security_officer", "coordinator", "system_admin", "security_admin"}
    ),
    "ruleset_switch": frozenset({"security_admin"}),
    # opening
    "release": frozenset({"reviewer"}),
    "release_by_itself": frozenset({"reviewer"}),
    "stop": frozenset({"reviewer", "security_officer", "leader"}),
    "open_list_publish": frozenset({"reviewer", "coordinator"}),
    "open_list_withdraw": frozenset({"reviewer", "coordinator", "security_officer"}),
    # for the top of the tree
    "workdays_announce": frozenset({"coordinator"}),
    "agreement_publish": frozenset({"coordinator"}),
    # requests and delivery
    "request_form_edit": frozenset({"reviewer"}),
    "request_review": frozenset({"reviewer"}),
    "request_consent": frozenset({"coordinator"}),
    "request_mediate": frozenset({"coordinator"}),
    "grant_provision": frozenset({"technician"}),
    "grant_freeze": frozenset({"reviewer", "security_officer"}),
    "grant_revoke": frozenset({"reviewer", "security_officer"}),
    "delivery_read": frozenset({"reviewer", "security_officer", "supervisor"}),
    # incidents and what is kept (Art. 35)
    "incident_open": OF_UNIT | {"security_admin"},
    "incident_read": frozenset(
        {"leader", "security_officer", "technician", "supervisor", "security_admin"}
    ),
    "incident_note": frozenset({"leader", "security_officer", "technician"}),
    "incident_decide": frozenset({"leader", "security_officer"}),
    "incident_freeze": frozenset(
        {"reviewer", "security_officer", "leader", "security_admin"}
    ),
    "incident_lift": frozenset({"security_officer", "leader"}),
    "incident_plan": frozenset({"leader", "security_officer"}),
    "retention_read": frozenset({"system_admin", "security_admin", "audit_admin"}),
    "retention_run": frozenset({"system_admin"}),
    # units
    "unit_edit": frozenset({"coordinator", "system_admin"}),
    "role_assign": frozenset({"leader", "coordinator", "security_admin"}),
    "administrator_assign": frozenset({"security_admin"}),
    "role_read": frozenset(ROLES),
    # Of a lost second factor: one asks, another decides.
    "factor_reset": frozenset({"leader", "coordinator", "security_officer"})
    | ADMINISTRATORS,
    "unit_designate": frozenset({"leader", "coordinator"}),
    "post_read": frozenset({"leader", "coordinator", "security_officer", "supervisor"}),
    "post_record": frozenset({"leader", "coordinator", "security_officer"}),
    # audit and supervision
    "audit_read": frozenset({"audit_admin", "supervisor"}),
    "audit_verify": frozenset({"audit_admin"}),
    # operations, for the top of the tree
    "event_read": frozenset({"system_admin", "security_admin"}),
}


def roles_for(permission: str) -> frozenset[str]:
    """Roles that carry *permission*.

    :raises KeyError: there is no such permission
    """
    return PERMISSIONS[permission]


def assigns(role: str) -> str:
    """The permission to give or end *role*: administrators are not made by units."""
    return "administrator_assign" if role in ADMINISTRATORS else "role_assign"


def conflict(held: set[str], new: str) -> str | None:
    """A role among *held* that the same person may not hold beside *new*.

    The three administrators are three people, and none of them works with the data.
    """
    for role in sorted(held):
        both_admin = role in ADMINISTRATORS and new in ADMINISTRATORS and role != new
        mixed = (role in ADMINISTRATORS) != (new in ADMINISTRATORS)
        if both_admin or mixed:
            return role
    return None


def as_table() -> list[tuple[str, list[str]]]:
    """Rows of the documentation: a permission and who carries it, in roles' order."""
    return [
        (permission, [name for name in ROLES if name in roles])
        for permission, roles in PERMISSIONS.items()
    ]
