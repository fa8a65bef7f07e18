"""Events that a site routes to those who watch (8.1.4.4).

Revision ID: 029
Revises: 028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "029"
down_revision = "028"
branch_labels = None
depends_on = None


def _column(name, kind, **options):
    return sa.Column(name, kind, **{"nullable": False, **options})


def upgrade():
    moment = sa.DateTime(timezone=True)
    now = sa.text("clock_timestamp()")
    op.create_table(
        "edudata_event",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _column("at", moment, server_default=now),
        _column("last_at", moment, server_default=now),
        _column("times", sa.Integer, server_default="1"),
        _column("kind", sa.Text),
        _column("severity", sa.Text),
        _column("detail", JSONB, server_default="{}"),
        _column("digest", sa.Text),
        _column("told_at", moment, nullable=True),
        _column("seen_at", moment, nullable=True),
        _column("seen_by", sa.Text, nullable=True),
    )
    op.create_index("edudata_event_again", "edudata_event", ["digest", "last_at"])
    op.create_index(
        "edudata_event_untold",
        "edudata_event",
        ["id"],
        postgresql_where=sa.text("told_at IS NULL AND severity = 'alarm'"),
    )
    # What was refused is counted by those who watch, without reading all of the trail.
    op.create_index(
        "edudata_audit_denied_idx",
        "edudata_audit",
        ["id"],
        postgresql_where=sa.text("outcome = 'denied'"),
    )


def downgrade():
    op.drop_index("edudata_audit_denied_idx", "edudata_audit")
    op.drop_table("edudata_event")
