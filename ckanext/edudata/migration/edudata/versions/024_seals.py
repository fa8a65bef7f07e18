"""Seals of the audit trail (Art. 33-35).

Revision ID: 024
Revises: 023
"""

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
