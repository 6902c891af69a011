"""Guards against slips: the database itself refuses to change or remove an entry, or to put another text for a text.

They stop an honest program; against a forger, who can drop them, there is the chain.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_OTHER_TEXT = "old.text IS NOT NULL AND new.text IS NOT NULL OR old.sha256 <> new.sha256"
_GUARDS = (
    ("entries_never_change", "UPDATE", "entries", "1 = 1"),
    ("entries_never_go", "DELETE", "entries", "1 = 1"),
    ("texts_never_change", "UPDATE", "texts", _OTHER_TEXT),
    ("texts_never_go", "DELETE", "texts", "1 = 1"),
)


def upgrade() -> None:
    """Puts a trigger on whatever must not happen."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION eligo_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$"
        )
    for name, event, table, when in _GUARDS:
        if op.get_bind().dialect.name == "postgresql":
            action = "EXECUTE FUNCTION eligo_refuse()"
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({when}) {action}")
        else:
            action = "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} {action}")
