"""Applications of several datasets, forms of units, agreements, renewals (Art. 24, 28).

Each request that exists becomes the only part of an application of the same number.

Revision ID: 018
Revises: 017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None

_REFUSE = """
CREATE OR REPLACE FUNCTION edudata_published_refuse() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'What was published or accepted stays as it is'
        USING ERRCODE = 'insufficient_privilege';
END
$$ LANGUAGE plpgsql
"""
_KEPT = ("edudata_agreement", "edudata_unit_form")


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def upgrade():
    _make_applications()
    _make_requests_parts()
    op.create_table(
        "edudata_agreement",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        _text("text_zh"),
        _text("text_en"),
        _text("digest"),
        _time("starts"),
        _text("created_by"),
        _time("created_at", server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_agreement_acceptance",
        _text("id", primary_key=True),
        _text("application_id", index=True),
        _text("user_id"),
        _text("version"),
        _text("digest"),
        _text("way"),
        _text("sealed"),
        _text("attachment_id", nullable=True),
        _time("accepted_at", server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_unit_form",
        _text("id", primary_key=True),
        _text("unit_id"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        _text("created_by"),
        _time("created_at", server_default=sa.func.now()),
    )
    op.create_index(
        "edudata_unit_form_version",
        "edudata_unit_form",
        ["unit_id", "version"],
        unique=True,
    )
    op.execute(_REFUSE)
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION edudata_published_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keeps_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION edudata_published_refuse()"
        )


def _make_applications():
    op.create_table(
        "edudata_application",
        _text("id", primary_key=True),
        sa.Column("serial", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("number", nullable=True, unique=True),
        _text("user_id", index=True),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _time("created_at", server_default=sa.func.now()),
    )
    op.execute(
        "INSERT INTO edudata_application (id, serial, number, user_id, created_at) "
        "SELECT gen_random_uuid()::text, serial, 'QS-' || "
        "to_char(created_at, 'YYYY') || '-' || "
        "lpad(serial::text, greatest(6, length(serial::text)), '0'), "
        "user_id, created_at FROM edudata_request"
    )
    op.execute(
        "SELECT setval(pg_get_serial_sequence('edudata_application', 'serial'), "
        "max(serial)) FROM edudata_application HAVING max(serial) IS NOT NULL"
    )


def _make_requests_parts():
    columns = (
        _text("application_id", nullable=True),
        sa.Column("place", sa.Integer, nullable=False, server_default="1"),
        _text("number", nullable=True),
        _text("renews", nullable=True),
        _text("unit_form_id", nullable=True),
        _text("acceptance_id", nullable=True),
    )
    for column in columns:
        op.add_column("edudata_request", column)
    op.execute(
        "UPDATE edudata_request r SET application_id = a.id, number = a.number "
        "FROM edudata_application a WHERE a.serial = r.serial"
    )
    for name in ("application_id", "number"):
        op.alter_column("edudata_request", name, nullable=False)
    op.create_index(
        "edudata_request_part",
        "edudata_request",
        ["application_id", "place"],
        unique=True,
    )
    op.create_index(
        "edudata_request_number", "edudata_request", ["number"], unique=True
    )
    op.create_index(
        "edudata_request_renewal",
        "edudata_request",
        ["renews"],
        postgresql_where=sa.text("renews IS NOT NULL"),
    )
    op.drop_column("edudata_request", "serial")


def downgrade():
    # Serials of parts beyond the first have no place in the old table.
    op.add_column(
        "edudata_request",
        sa.Column("serial", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    )
    for name in ("renewal", "number", "part"):
        op.drop_index(f"edudata_request_{name}", "edudata_request")
    for name in (
        *("application_id", "place", "number", "renews"),
        *("unit_form_id", "acceptance_id"),
    ):
        op.drop_column("edudata_request", name)
    for table in (*_KEPT, "edudata_agreement_acceptance", "edudata_application"):
        op.drop_table(table)
    op.execute("DROP FUNCTION edudata_published_refuse()")
