"""Events that a site routes to those who watch (8.1.4.4).

Revision ID: 029
Revises: 028
"""

revision = "029"
down_revision = "028"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
