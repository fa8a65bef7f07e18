"""What was purged when its time was over (8.1.4.10).

Revision ID: 028
Revises: 027
"""

revision = "028"
down_revision = "027"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
