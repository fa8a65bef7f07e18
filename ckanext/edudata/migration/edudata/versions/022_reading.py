"""Persons of a grant and quotas by the minute (Art. 30, 31).

Revision ID: 022
Revises: 021
"""

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
