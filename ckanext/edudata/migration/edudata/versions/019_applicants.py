"""Applicants kept once and sealed, persons of a body, attachments (Art. 28).

Revision ID: 019
Revises: 018
"""

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
