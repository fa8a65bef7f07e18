"""Audit trail and roles.

The database itself refuses to change or shorten the trail (Art. 33-35).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "edudata_audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
        sa.Column(
            "xid",
            sa.Text,
            nullable=False,
            server_default=sa.text("pg_current_xact_id()::text"),
        ),
        sa.Column("actor_id", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
    )
    op.create_index("edudata_audit_object_idx", "edudata_audit", ["object_id"])
    op.create_index("edudata_audit_action_idx", "edudata_audit", ["action"])
    op.execute(
        """
        CREATE OR REPLACE FUNCTION edudata_audit_refuse() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'The audit trail is append-only'
                USING ERRCODE = 'insufficient_privilege';
        END
        $$ LANGUAGE plpgsql
        """
    )
    op.execute(
        """
        CREATE TRIGGER edudata_audit_rows BEFORE UPDATE OR DELETE ON edudata_audit
        FOR EACH ROW EXECUTE FUNCTION edudata_audit_refuse()
        """
    )
    op.execute(
        """
        CREATE TRIGGER edudata_audit_whole BEFORE TRUNCATE ON edudata_audit
        FOR EACH STATEMENT EXECUTE FUNCTION edudata_audit_refuse()
        """
    )
    op.create_table(
        "edudata_role_assignment",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("unit_id", sa.Text, nullable=False, index=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("given_by", sa.Text),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )


def downgrade():
    op.drop_table("edudata_role_assignment")
    op.drop_table("edudata_audit")
    op.execute("DROP FUNCTION edudata_audit_refuse()")
