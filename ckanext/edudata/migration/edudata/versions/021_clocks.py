"""Reminders given and preferences of notices (Art. 28).

Revision ID: 021
Revises: 020
"""

revision = "021"
down_revision = "020"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
