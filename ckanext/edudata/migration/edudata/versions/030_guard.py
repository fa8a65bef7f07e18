"""What guards of the portal keep.

Revision ID: 030
Revises: 029
"""

revision = "030"
down_revision = "029"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
