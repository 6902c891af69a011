"""The check of protocols with everything that the program knows: an id, a file or a folder in, messages out."""

from __future__ import annotations

import json

from extraction.knowledge import cues
from kb.vocabulary import vocabulary
from rules.case_facts import DEMOGRAPHICS
from rules.checking import check_protocol, faults
from rules.concepts import ANYTHING
from rules.protocol_text import ProtocolError
from rules.schema import protocol_schema
from screening.documents import BadInputError
from screening.protocols import find_protocol


def statement_ids() -> frozenset[str]:
    """What letters can state in sentences."""
    return frozenset(cues("statements"))


def reserved_ids() -> frozenset[str]:
    """What a protocol or a case can name that is no term: no term may have one of these ids."""
    return statement_ids() | {ANYTHING, *DEMOGRAPHICS}


def checked(name: str) -> list[str]:
    """The faults of a protocol, one message each. Raises BadInputError where its file cannot be read."""
    try:
        return faults(check_protocol(find_protocol(name), vocabulary(), statement_ids()))
    except ProtocolError as error:
        raise BadInputError(str(error)) from error


def schema_text(*, plain: bool) -> str:
    """The schema as JSON; `plain` leaves out the ids of the terms, which change more often than the language."""
    content = protocol_schema() if plain else protocol_schema(vocabulary(), statement_ids())
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
