"""Applicants kept once and sealed, persons of a body, attachments (Art. 28).

Revision ID: 019
Revises: 018
"""

import sqlalchemy as sa
from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_applicant",
        _text("user_id", primary_key=True),
        _text("kind"),
        _text("sealed"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        _time("updated_at", nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_request_person",
        _text("id", primary_key=True),
        _text("application_id", index=True),
        _text("user_id", nullable=True, index=True),
        _text("sealed"),
        _text("state"),
        _text("agreed_terms", nullable=True),
        _time("invited_at", nullable=False, server_default=sa.func.now()),
        _time("answered_at"),
        _time("ended_at"),
        _text("ended_by", nullable=True),
    )
    op.create_index(
        "edudata_request_person_once",
        "edudata_request_person",
        ["application_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('invited', 'confirmed')"),
    )
    op.create_table(
        "edudata_request_attachment",
        _text("id", primary_key=True),
        _text("application_id", index=True),
        _text("request_id", nullable=True),
        _text("user_id", index=True),
        _text("kind"),
        _text("type"),
        _text("sealed"),
        sa.Column("size", sa.BigInteger, nullable=False),
        _text("sha256"),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        _time("taken_back_at"),
    )


def downgrade():
    for table in ("request_attachment", "request_person", "applicant"):
        op.drop_table(f"edudata_{table}")
