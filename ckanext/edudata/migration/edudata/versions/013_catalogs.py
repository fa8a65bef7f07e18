"""catalogs

Revision ID: 013
Revises: 012
"""

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
