"""Applications, grants and deliveries.

Revision ID: 003
Revises: 002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _json(name, **options):
    return sa.Column(name, JSONB, **{"nullable": False, **options})


def upgrade():
    op.create_table(
        "edudata_request",
        _text("id", primary_key=True),
        sa.Column("serial", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("user_id"),
        _text("applicant_kind", nullable=True),
        _text("unit_id"),
        _text("dataset_id"),
        _text("resource_id"),
        _text("release_id"),
        _json("form"),
        _json("decided", nullable=True),
        _text("agreed_terms", nullable=True),
        _text("state"),
        _time("since", server_default=sa.func.now()),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("appealed", sa.Boolean, nullable=False),
        _time("created_at", server_default=sa.func.now()),
        _time("submitted_at", nullable=True),
    )
    op.create_index("edudata_request_unit", "edudata_request", ["unit_id", "state"])
    op.create_index("edudata_request_user", "edudata_request", ["user_id"])
    op.create_index(
        "edudata_request_one_open",
        "edudata_request",
        ["user_id", "resource_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('draft', 'submitted', 'in_review', 'returned',"
            " 'awaiting_consent', 'approved', 'mediation', 'superior_review')"
        ),
    )
    op.create_table(
        "edudata_request_event",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("request_id"),
        _time("at", server_default=sa.text("clock_timestamp()")),
        _text("command"),
        _text("source", nullable=True),
        _text("target"),
        _text("actor_id", nullable=True),
        _text("reason", nullable=True),
        _text("words"),
        _json("detail"),
    )
    op.create_index(
        "edudata_request_event_of", "edudata_request_event", ["request_id", "id"]
    )
    op.create_table(
        "edudata_grant",
        _text("id", primary_key=True),
        _text("request_id"),
        _text("request_number"),
        _text("user_id"),
        _text("unit_id"),
        _text("dataset_id"),
        _text("resource_id"),
        _text("release_id"),
        _text("table_id"),
        _text("content_digest"),
        _json("columns"),
        _json("fields"),
        _json("rows"),
        _time("starts"),
        _time("until"),
        _text("way"),
        sa.Column("quota_rows", sa.BigInteger),
        _text("state"),
        _time("created_at", server_default=sa.func.now()),
        _time("changed_at", nullable=True),
    )
    op.create_index("edudata_grant_whose", "edudata_grant", ["user_id", "resource_id"])
    op.create_index("edudata_grant_request", "edudata_grant", ["request_id"])
    op.create_index("edudata_grant_unit", "edudata_grant", ["unit_id"])
    op.create_table(
        "edudata_grant_token",
        _text("jti", primary_key=True),
        _text("grant_id"),
        _time("created_at", server_default=sa.func.now()),
        _time("ended_at", nullable=True),
    )
    op.create_index("edudata_grant_token_of", "edudata_grant_token", ["grant_id"])
    op.create_table(
        "edudata_delivery",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _time("at", server_default=sa.text("clock_timestamp()")),
        _text("grant_id"),
        _text("user_id"),
        _text("unit_id"),
        _text("resource_id"),
        _text("release_id"),
        _text("content_digest"),
        _json("fields"),
        _json("filter_keys"),
        sa.Column("rows", sa.BigInteger, nullable=False),
        _text("way"),
        _text("network", nullable=True),
        _text("outcome"),
    )
    op.create_index("edudata_delivery_of", "edudata_delivery", ["grant_id", "at"])
    op.create_index("edudata_delivery_unit", "edudata_delivery", ["unit_id", "at"])


def downgrade():
    for table in (
        "edudata_delivery",
        "edudata_grant_token",
        "edudata_grant",
        "edudata_request_event",
        "edudata_request",
    ):
        op.drop_table(table)
