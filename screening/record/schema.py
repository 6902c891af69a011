"""The two tables of a store, as SQLAlchemy knows them; the migrations make them.

A person can open the file with any SQLite browser: `entries` reads from the top, `texts` holds what they name.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

metadata = MetaData()

# The columns of `chain.Entry`, in its order.
entries = Table(
    "entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("screening", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("corrects", Integer),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("protocol_id", Text, nullable=False),
    Column("as_of", Text),
    Column("verdict", Text, nullable=False),
    Column("letters", Text, nullable=False),
    Column("letters_as", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("erases", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("own_terms", Text),
)

texts = Table(
    "texts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("text", Text),  # null once it is erased
)
