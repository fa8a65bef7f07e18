"""Seals of the audit trail (Art. 33-35): blocks, and which record is in which.

The database refuses to change them, as it does with the trail itself.

Revision ID: 024
Revises: 023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None

TABLES = ("edudata_audit_block", "edudata_audit_leaf")


def _column(name, kind, **options):
    return sa.Column(name, kind, **{"nullable": False, **options})


def upgrade():
    op.create_table(
        "edudata_audit_block",
        _column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        _column("kind", sa.Text),
        _column("previous", sa.LargeBinary),
        _column("size", sa.Integer),
        _column("total", sa.BigInteger),
        _column("root", sa.LargeBinary),
        _column("horizon", sa.Text),
        _column("began", sa.Text),
        _column("cluster", sa.Text),
        _column("timeline", sa.Text),
        _column("sealed_at", sa.DateTime(timezone=True)),
        _column("note", JSONB, server_default="{}"),
        _column("head", sa.LargeBinary),
    )
    op.create_table(
        "edudata_audit_leaf",
        _column("record_id", sa.BigInteger, primary_key=True, autoincrement=False),
        _column("block", sa.BigInteger),
        _column("position", sa.Integer),
        _column("hash", sa.LargeBinary),
        sa.UniqueConstraint("block", "position"),
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION edudata_audit_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION edudata_audit_refuse()"
        )
    # What is not sealed yet is found by its transaction, periods by their time.
    op.execute("CREATE INDEX edudata_audit_xid_idx ON edudata_audit ((xid::xid8))")
    op.execute("CREATE INDEX edudata_audit_at_idx ON edudata_audit USING brin (at)")


def downgrade():
    op.execute("DROP INDEX edudata_audit_at_idx")
    op.execute("DROP INDEX edudata_audit_xid_idx")
    for table in reversed(TABLES):
        op.drop_table(table)
