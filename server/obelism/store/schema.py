"""The tables of the claim database, the same on SQLite and PostgreSQL.

`claims.record` is the claim; the other columns of `claims`, and `review_index`, follow from it and
are there to be searched. `audit` is append-only: triggers refuse to change or remove its rows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0003"
"""The newest migration; a test holds it against the migration scripts."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows up by itself only in a column of exactly this type.
_RowId = BigInteger().with_variant(Integer, "sqlite")

# Byte order on both engines, so that exports are the same.
_ClaimId = String(200).with_variant(String(200, collation="C"), "postgresql")

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("id", _ClaimId, primary_key=True),
    Column("record", Text, nullable=False),
    # What the source last sent, where an editor has changed it since; else NULL.
    Column("imported", Text),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("language", String(8), nullable=False, index=True),
    Column("status", String(16), nullable=False, index=True),
    Column("retired", Boolean, nullable=False),
    Column("merged_into", String(200), index=True),
    # The number of the last change; changes(after) reads this index.
    Column("change", BigInteger, nullable=False, unique=True),
    Column("updated", String(32), nullable=False),
)

review_index = Table(
    "review_index",
    metadata,
    Column("claim_id", String(200), ForeignKey("claims.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("publisher", Text, nullable=False, index=True),
    # A digest: PostgreSQL cannot index texts over 2,700 bytes, and addresses can be longer.
    Column("url_key", String(32), nullable=False, index=True),
    Column("date", String(10), index=True),
)

merges = Table(
    "merges",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("kept", String(200), nullable=False, index=True),
    Column("merged", String(200), nullable=False, index=True),
    # The kept claim as it was before, so that undoing takes away only what the merge brought.
    Column("kept_before", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("undone", String(32)),
)

merge_suggestions = Table(
    "merge_suggestions",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("first", String(200), nullable=False),
    Column("second", String(200), nullable=False),
    Column("score", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("decision", String(16)),
    UniqueConstraint("first", "second"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(40), nullable=False),
    # What was changed: a claim's id, a token's name, a feed's address.
    Column("subject", Text, nullable=False, index=True),
    Column("before", Text),
    Column("after", Text),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("expires", String(32)),
    Column("revoked", String(32)),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("claim_id", String(200), nullable=False, index=True),
    Column("framing", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("readers", Integer, nullable=False),
    UniqueConstraint("claim_id", "framing", "kind", "day", "state"),
)

# The least score of a match that makes a note, for claims that need more than the usual one.
score_floors = Table(
    "score_floors",
    metadata,
    Column("claim_id", String(200), ForeignKey("claims.id"), primary_key=True),
    Column("min_score", Float, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_try", String(32)),
    Column("last_success", String(32)),
    Column("last_error", Text),
)
