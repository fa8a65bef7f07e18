"""Extracts, reports of use, onward provision, recalls (Art. 31).

Revision ID: 023
Revises: 022
"""

revision = "023"
down_revision = "022"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
