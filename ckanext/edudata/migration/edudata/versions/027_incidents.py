"""Incidents and drills (Art. 35).

What was noted of an incident and plans that were put in force refuse to change.

Revision ID: 027
Revises: 026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "027"
down_revision = "026"
branch_labels = None
depends_on = None

FIXED = ("edudata_incident_step", "edudata_incident_plan")
TIME = sa.DateTime(timezone=True)


def _column(name, *kind, **options):
    return sa.Column(name, *kind, **{"nullable": False, **options})


def _when(name, **options):
    return _column(name, TIME, **options)


def upgrade():
    now = sa.func.now()
    op.create_table(
        "edudata_freeze",
        _column("id", sa.Text, primary_key=True),
        _column("dataset_id", sa.Text),
        _column("entry_id", sa.Text),
        _column("unit_id", sa.Text),
        _column("incident_id", sa.Text, nullable=True),
        _column("ruleset", sa.Text),
        _column("releases", JSONB, server_default="{}"),
        _column("grants", JSONB, server_default="[]"),
        _column("frozen_by", sa.Text),
        _when("frozen_at", server_default=now),
        _when("settled_at", nullable=True),
        _column("final", sa.Boolean, server_default=sa.false()),
        _column("lifted_by", sa.Text, nullable=True),
        _when("lifted_at", nullable=True),
        _column("outcome", sa.Text, nullable=True),
    )
    op.create_index(
        "edudata_freeze_in_force",
        "edudata_freeze",
        ["dataset_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "edudata_incident",
        _column("id", sa.Text, primary_key=True),
        _column("serial", sa.BigInteger, sa.Identity(), unique=True),
        _column("number", sa.Text, nullable=True, unique=True),
        _column("unit_id", sa.Text, index=True),
        _column("kind", sa.Text),
        _column("level", sa.Text),
        _column("state", sa.Text),
        _column("datasets", JSONB, server_default="[]"),
        _column("facts", JSONB, server_default="{}"),
        _when("first_sign_at"),
        _when("found_at"),
        _column("opened_by", sa.Text),
        _when("opened_at", server_default=now),
        _when("closed_at", nullable=True),
        _column("version", sa.Integer, server_default="1"),
    )
    op.create_table(
        "edudata_incident_step",
        _column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _column("incident_id", sa.Text, index=True),
        _column("kind", sa.Text),
        _when("at"),
        _when("noted_at", server_default=sa.text("clock_timestamp()")),
        _column("actor_id", sa.Text, nullable=True),
        _column("words", sa.Text, server_default=""),
        _column("detail", JSONB, server_default="{}"),
    )
    op.create_table(
        "edudata_incident_plan",
        _column("id", sa.Text, primary_key=True),
        _column("unit_id", sa.Text),
        _column("version", sa.Integer),
        _column("words", sa.Text),
        _column("published_by", sa.Text),
        _when("published_at", server_default=now),
        sa.UniqueConstraint("unit_id", "version"),
    )
    op.create_table(
        "edudata_incident_drill",
        _column("id", sa.Text, primary_key=True),
        _column("unit_id", sa.Text, index=True),
        _column("plan_id", sa.Text),
        _column("held_on", sa.Date),
        _column("scenario", sa.Text),
        _column("people", sa.Integer),
        _column("result", sa.Text),
        _column("to_mend", sa.Text, server_default=""),
        _column("noted_by", sa.Text),
        _when("noted_at", server_default=now),
        _column("mended_by", sa.Text, nullable=True),
        _when("mended_at", nullable=True),
    )
    for table in FIXED:
        op.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION edudata_audit_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION edudata_audit_refuse()"
        )


def downgrade():
    for table in ("drill", "plan", "step"):
        op.drop_table(f"edudata_incident_{table}")
    op.drop_table("edudata_incident")
    op.drop_table("edudata_freeze")
