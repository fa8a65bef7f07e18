"""Applications of several datasets, forms of units, agreements, renewals (Art. 24, 28).

Revision ID: 018
Revises: 017
"""

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
