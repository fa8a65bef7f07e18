"""Passwords of before, and what is known of how people log in (8.1.4.1).

Revision ID: 025
Revises: 024
"""

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
