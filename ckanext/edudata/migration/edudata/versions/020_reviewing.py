"""Assignment, comments, templates of reasons (Art. 28).

Revision ID: 020
Revises: 019
"""

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
