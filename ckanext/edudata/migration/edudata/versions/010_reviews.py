"""reviews

Revision ID: 010
Revises: 009
"""

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
