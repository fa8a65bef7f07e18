"""Incidents and drills (Art. 35).

Revision ID: 027
Revises: 026
"""

revision = "027"
down_revision = "026"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
