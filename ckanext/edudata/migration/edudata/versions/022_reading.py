"""Persons of a grant, quotas of rows and calls, and what a delivery was asked.

Revision ID: 022
Revises: 021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None

# A page of the record is the newest of one grant, person or unit.
RECORD = {"of": "grant_id", "unit": "unit_id", "whose": "user_id"}


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def upgrade():
    op.create_table(
        "edudata_grant_person",
        _text("grant_id", primary_key=True),
        _text("user_id", primary_key=True),
        _text("resource_id"),
        _time("added_at", server_default=sa.func.now()),
        _time("ended_at", nullable=True),
    )
    op.create_index(
        "edudata_grant_person_whose",
        "edudata_grant_person",
        ["user_id", "resource_id"],
    )
    op.execute(
        "INSERT INTO edudata_grant_person (grant_id, user_id, resource_id, added_at)"
        " SELECT id, user_id, resource_id, created_at FROM edudata_grant"
    )
    op.create_table(
        "edudata_grant_day",
        _text("grant_id", primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
    )
    op.add_column("edudata_grant", sa.Column("quota_calls", sa.Integer))
    op.add_column("edudata_grant", _text("purpose", nullable=True))
    op.add_column("edudata_grant", _text("agreement", nullable=True))
    op.add_column("edudata_grant", _time("granted_until", nullable=True))
    op.execute(
        "UPDATE edudata_grant g SET granted_until = g.until,"
        " purpose = r.form ->> 'purpose', agreement = r.agreed_terms"
        " FROM edudata_request r WHERE r.id = g.request_id"
    )
    op.execute(
        "UPDATE edudata_grant SET granted_until = until WHERE granted_until IS NULL"
    )
    op.alter_column("edudata_grant", "granted_until", nullable=False)
    op.create_index("edudata_grant_dataset", "edudata_grant", ["dataset_id"])
    op.add_column("edudata_grant_token", _text("user_id", nullable=True))
    op.execute(
        "UPDATE edudata_grant_token t SET user_id = g.user_id"
        " FROM edudata_grant g WHERE g.id = t.grant_id"
    )
    # One without its grant stays: CKAN would take it for a token of the account.
    op.execute("UPDATE edudata_grant_token SET user_id = '' WHERE user_id IS NULL")
    op.alter_column("edudata_grant_token", "user_id", nullable=False)
    op.add_column("edudata_delivery", sa.Column("asked", JSONB, nullable=True))
    for name, column in RECORD.items():
        index = f"edudata_delivery_{name}"
        op.execute(f"DROP INDEX IF EXISTS {index}")
        op.create_index(index, "edudata_delivery", [column, "id"])


def downgrade():
    for name, column in RECORD.items():
        op.drop_index(f"edudata_delivery_{name}", "edudata_delivery")
        if name != "whose":
            op.create_index(
                f"edudata_delivery_{name}", "edudata_delivery", [column, "at"]
            )
    op.drop_column("edudata_delivery", "asked")
    op.drop_column("edudata_grant_token", "user_id")
    op.drop_index("edudata_grant_dataset", "edudata_grant")
    for name in ("granted_until", "agreement", "purpose", "quota_calls"):
        op.drop_column("edudata_grant", name)
    op.drop_table("edudata_grant_day")
    op.drop_table("edudata_grant_person")
