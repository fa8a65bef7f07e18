"""Catalogs of units, levels and Shanghai, with their frozen lines (Art. 16).

A published catalog stays as it was: the database refuses to change it. The one thing
that may still happen to a line is that its words, or its files', are taken out where
they turn out to be classified.

Revision ID: 013
Revises: 012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None

OPEN = "('draft', 'submitted', 'returned')"
UNDER_WAY = "('consolidated', 'consent_asked', 'consented')"


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_catalog",
        _text("id", primary_key=True),
        _text("scope"),
        _text("unit_id", index=True),
        _text("unit_title"),
        _text("level_id", index=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("number", unique=True),
        _text("state"),
        _text("against_id", nullable=True),
        _text("part_of", nullable=True, index=True),
        _text("digest", server_default=""),
        sa.Column("line_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("summary", JSONB, nullable=False, server_default="{}"),
        _time("made_at", nullable=False),
        _time("since", nullable=False),
        _time("published_at"),
        sa.UniqueConstraint("scope", "unit_id", "year", "sequence"),
    )
    op.create_index(
        "ux_edudata_catalog_open",
        "edudata_catalog",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text(f"scope = 'unit' AND state IN {OPEN}"),
    )
    op.create_index(
        "ux_edudata_catalog_under_way",
        "edudata_catalog",
        ["scope", "unit_id"],
        unique=True,
        postgresql_where=sa.text(f"scope <> 'unit' AND state IN {UNDER_WAY}"),
    )
    op.create_table(
        "edudata_catalog_row",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("catalog_id"),
        sa.Column("position", sa.Integer, nullable=False),
        _text("entry_id", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("entry_digest"),
        _text("unit_id"),
        _text("title"),
        _text("likeness"),
        _text("scope_key"),
        _text("text_sha256", index=True),
        sa.Column("content", JSONB, nullable=False),
        _text("digest"),
        sa.UniqueConstraint("catalog_id", "position"),
        sa.UniqueConstraint("catalog_id", "entry_id"),
    )
    op.create_table(
        "edudata_catalog_part",
        _text("catalog_id", primary_key=True),
        _text("part_id", primary_key=True, index=True),
        # A part that was taken over from the version before.
        sa.Column("kept", sa.Boolean, nullable=False),
    )
    op.create_table(
        "edudata_catalog_step",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("catalog_id", index=True),
        _text("command"),
        _text("source"),
        _text("target"),
        _text("actor_id", nullable=True),
        # The role-holder's name at the time: a paper is signed by a name.
        _text("actor_name", server_default=""),
        _text("words", server_default=""),
        sa.Column("day", sa.Date),
        _time("at", nullable=False),
    )
    _guards()


def _guards():
    op.execute(
        """
        CREATE OR REPLACE FUNCTION edudata_catalog_refuse() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'A published catalog stays as it was'
                USING ERRCODE = 'insufficient_privilege';
        END
        $$ LANGUAGE plpgsql
        """
    )
    op.execute(
        """
        CREATE OR REPLACE FUNCTION edudata_catalog_kept() RETURNS trigger AS $$
        DECLARE
            before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
            after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
            blank jsonb := '{"title": "", "likeness": "", "text_sha256": "",
                             "content": {}}';
        BEGIN
            IF EXISTS (SELECT 1 FROM edudata_catalog
                       WHERE id IN (before ->> 'catalog_id', after ->> 'catalog_id')
                         AND state IN ('published', 'refused'))
               AND NOT (TG_TABLE_NAME = 'edudata_catalog_row' AND TG_OP = 'UPDATE'
                        AND (after = before || blank OR
                             after = before #- '{content,tables}'))
               AND NOT (TG_TABLE_NAME = 'edudata_catalog_step' AND TG_OP = 'INSERT')
            THEN
                RAISE EXCEPTION 'A published catalog stays as it was'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN COALESCE(NEW, OLD);
        END
        $$ LANGUAGE plpgsql
        """
    )
    op.execute(
        """
        CREATE TRIGGER edudata_catalog_rows BEFORE UPDATE OR DELETE ON edudata_catalog
        FOR EACH ROW WHEN (OLD.state IN ('published', 'refused'))
        EXECUTE FUNCTION edudata_catalog_refuse()
        """
    )
    for table in ("row", "part", "step"):
        op.execute(
            f"""
            CREATE TRIGGER edudata_catalog_{table}_rows
            BEFORE INSERT OR UPDATE OR DELETE ON edudata_catalog_{table}
            FOR EACH ROW EXECUTE FUNCTION edudata_catalog_kept()
            """
        )
    for table in ("", "_row", "_part", "_step"):
        op.execute(
            f"""
            CREATE TRIGGER edudata_catalog{table}_whole
            BEFORE TRUNCATE ON edudata_catalog{table}
            FOR EACH STATEMENT EXECUTE FUNCTION edudata_catalog_refuse()
            """
        )


def downgrade():
    for table in ("step", "part", "row"):
        op.drop_table(f"edudata_catalog_{table}")
    op.drop_table("edudata_catalog")
    op.execute("DROP FUNCTION edudata_catalog_kept()")
    op.execute("DROP FUNCTION edudata_catalog_refuse()")
