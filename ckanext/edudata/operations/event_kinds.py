"""Kinds of events. Pure; labels are English message ids. Add a line for a new one."""

from __future__ import annotations

from dataclasses import dataclass

SEVERITIES = {"notice": "Notice", "warning": "Warning", "alarm": "Alarm"}
"""From what is good to know to what somebody must look at now."""


@dataclass(frozen=True)
class Kind:
    """`severity` unless the caller says otherwise; `roles`: who is told of an alarm."""

    label: str
    severity: str
    roles: tuple[str, ...] = ("security_admin",)


_SYSTEM = ("system_admin", "security_admin")

KINDS = {
    # services
    "service_down": Kind("A service does not answer", "alarm", _SYSTEM),
    "service_up": Kind("A service answers again", "notice", _SYSTEM),
    "storage_low": Kind("The disk is nearly full", "alarm", _SYSTEM),
    "queue_late": Kind("Background jobs wait too long", "alarm", _SYSTEM),
    "request_failed": Kind("A page or call ended in an error", "warning", _SYSTEM),
    # identity
    "account_locked": Kind("An account was locked after wrong passwords", "warning"),
    "address_locked": Kind("An address was locked after wrong passwords", "warning"),
    "factor_reset": Kind("A second factor was reset", "warning"),
    "role_refused": Kind("Roles that exclude each other were asked for", "warning"),
    "login_forged": Kind("A single sign-on answer was refused", "warning"),
    # uploads
    "malware_found": Kind("A harmful file was refused", "alarm"),
    "malware_unscanned": Kind("Files cannot be scanned for viruses", "alarm", _SYSTEM),
    # load and abuse
    "limit_reached": Kind("Requests over the limit were refused", "warning"),
    "policy_violated": Kind("A page ran against the content policy", "notice"),
    # settings
    "setting_unsafe": Kind("An unsafe setting is in force", "alarm", _SYSTEM),
    # audit
    "audit_stopped": Kind(
        "The audit trail is not sealed", "alarm", ("audit_admin", "security_admin")
    ),
    "audit_broken": Kind(
        "The audit trail is broken", "alarm", ("audit_admin", "security_admin")
    ),
    # recovery
    "backup_made": Kind("A backup was made", "notice", _SYSTEM),
    "backup_failed": Kind("A backup failed", "alarm", _SYSTEM),
    "drill_made": Kind("A recovery drill was made", "notice", _SYSTEM),
    "drill_failed": Kind("A recovery drill failed", "alarm", _SYSTEM),
    # duties
    "incident_opened": Kind("An incident was opened", "alarm"),
    "dataset_frozen": Kind("Releases and grants of a dataset were frozen", "alarm"),
    "purge_made": Kind("Data past their time were purged", "notice", _SYSTEM),
    "purge_failed": Kind("Purging failed", "alarm", _SYSTEM),
    "leak_found": Kind("The self-test found a leak", "alarm"),
}


def label(kind: str) -> str:
    """Message id of a kind; the code itself where nobody declared it."""
    return KINDS[kind].label if kind in KINDS else kind


def severity(kind: str, wanted: str | None) -> str:
    """The severity to keep: what is unknown is taken seriously."""
    if wanted in SEVERITIES:
        return wanted
    return KINDS[kind].severity if kind in KINDS else "warning"


def roles(kind: str) -> tuple[str, ...]:
    """Roles whose holders are told of an alarm of this kind."""
    return KINDS[kind].roles if kind in KINDS else ("security_admin",)
