"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Byte order on both engines, so that exports are the same.
_CLAIM_ID = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])

    op.create_table(
        "claims",
        sa.Column("id", _CLAIM_ID, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("imported", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(200)),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.UniqueConstraint("change", name="uq_claims_change"),
    )
    op.create_index("ix_claims_language", "claims", ["language"])
    op.create_index("ix_claims_merged_into", "claims", ["merged_into"])
    op.create_index("ix_claims_status", "claims", ["status"])

    op.create_table(
        "counters",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("claim_id", sa.String(200), nullable=False),
        sa.Column("framing", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint(
            "claim_id", "framing", "kind", "day", "state", name="uq_feedback_claim_id_framing_kind_day_state"
        ),
    )
    op.create_index("ix_feedback_claim_id", "feedback", ["claim_id"])
    op.create_index("ix_feedback_state", "feedback", ["state"])

    op.create_table(
        "feeds",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("last_try", sa.String(32)),
        sa.Column("last_success", sa.String(32)),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("url", name="pk_feeds"),
    )
    op.create_table(
        "merge_suggestions",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("first", sa.String(200), nullable=False),
        sa.Column("second", sa.String(200), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_merge_suggestions"),
        sa.UniqueConstraint("first", "second", name="uq_merge_suggestions_first_second"),
    )
    op.create_table(
        "merges",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("kept", sa.String(200), nullable=False),
        sa.Column("merged", sa.String(200), nullable=False),
        sa.Column("kept_before", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("undone", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_kept", "merges", ["kept"])
    op.create_index("ix_merges_merged", "merges", ["merged"])

    op.create_table(
        "tokens",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("expires", sa.String(32)),
        sa.Column("revoked", sa.String(32)),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_table(
        "review_index",
        sa.Column("claim_id", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("date", sa.String(10)),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_review_index_claim_id"),
        sa.PrimaryKeyConstraint("claim_id", "position", name="pk_review_index"),
    )
    op.create_index("ix_review_index_date", "review_index", ["date"])
    op.create_index("ix_review_index_publisher", "review_index", ["publisher"])
    op.create_index("ix_review_index_url_key", "review_index", ["url_key"])
    op.execute("INSERT INTO counters (name, value) VALUES ('change', 0)")
    for statement in _SQLITE_GUARD if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_GUARD:
        op.execute(statement)


_SQLITE_GUARD = [
    f"""CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
    for action in ("UPDATE", "DELETE")
]
_POSTGRESQL_GUARD = [
    """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    """CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
       FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
]
