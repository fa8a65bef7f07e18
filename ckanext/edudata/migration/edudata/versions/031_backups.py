"""Backups that were made and drilled (8.1.4.9).

Revision ID: 031
Revises: 030
"""

revision = "031"
down_revision = "030"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
