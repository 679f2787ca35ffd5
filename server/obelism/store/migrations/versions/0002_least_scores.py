"""Least scores of single claims."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "score_floors",
        sa.Column("claim_id", sa.String(200), nullable=False),
        sa.Column("min_score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_score_floors_claim_id"),
        sa.PrimaryKeyConstraint("claim_id", name="pk_score_floors"),
    )
