"""Actions that ask for the second factor again after a pause. Pure.

A release, a decision on an entry, an application or an exception, a role, and what
guards the account itself (GB/T 22239-2019 8.1.4.1). What protects people at once
(stopping, freezing, revoking) asks nothing: it must not wait for a telephone.
"""

from __future__ import annotations

RELEASES = frozenset(
    {
        "edudata_release",
        "edudata_by_itself_start",
        "edudata_open_list_publish",
        "edudata_open_list_publish_all",
        "edudata_catalog_publish",
        "edudata_agreement_publish",
    }
)
DECISIONS = frozenset(
    {
        "edudata_entry_approve",
        "edudata_entry_pass_security",
        "edudata_entry_return",
        "edudata_review_round_approve",
        "edudata_review_round_confirm",
        "edudata_source_decide",
        "edudata_catalog_consent",
        "edudata_catalog_refuse",
        "edudata_catalog_consolidate",
        "edudata_catalog_merge",
        "edudata_request_approve",
        "edudata_request_return",
        "edudata_request_refuse",
        "edudata_request_consent",
        "edudata_request_bulk",
        "edudata_request_provision",
        "edudata_request_unfreeze",
        "edudata_request_send_back",
        "edudata_request_uphold",
        "edudata_request_overturn",
        "edudata_request_person_admit",
        "edudata_provision_consent",
        "edudata_provision_refuse",
        "edudata_recall_lift",
        "edudata_incident_lift",
    }
)
EXCEPTIONS = frozenset(
    {
        "edudata_exception_decide",
        "edudata_standing_rule_approve",
        "edudata_standing_rule_end",
    }
)
ROLES = frozenset(
    {
        "edudata_role_give",
        "edudata_role_end",
        "edudata_unit_import_apply",
        # A level's departments act for it: naming another moves roles.
        "organization_update",
        "edudata_unit_move",
        "edudata_unit_end",
    }
)
ACCOUNT = frozenset(
    {
        "api_token_create",
        "edudata_second_factor_confirm",
        "edudata_second_factor_remove",
        "edudata_recovery_codes_renew",
        "edudata_factor_reset_ask",
        "edudata_factor_reset_decide",
        "edudata_institution_account_end",
    }
)
"""Of these a token of a person with a role does none: programs have no factor."""

ACTIONS = RELEASES | DECISIONS | EXCEPTIONS | ROLES | ACCOUNT

OF_CKAN = frozenset({"api_token_create", "organization_update"})
"""Those that are CKAN's own."""
