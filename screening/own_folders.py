"""The folders of a user's own terms and protocols: options of the commands in, what they hold in use for the call out.

Each is taken up while the call's options are read, before anything is loaded that asks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _use_terms(folder: str) -> str:
    if folder:
        from kb.own_terms import with_own_terms
        from kb.vocabulary import TermsError, shipped, use
        from screening.documents import BadInputError
        from screening.protocol_checking import reserved_ids

        try:
            use(with_own_terms(Path(folder), shipped(), reserved_ids()))
        except TermsError as error:
            raise BadInputError(str(error)) from error
    return folder


def _use_protocols(folder: str) -> str:
    if folder:
        from screening.protocols import use_folder

        use_folder(Path(folder))
    return folder


TermsOption = Annotated[
    str,
    typer.Option(
        "--terms", metavar="DIR", envvar="ELIGO_TERMS", callback=_use_terms, help="A folder of your own terms files."
    ),
]
ProtocolsOption = Annotated[
    str,
    typer.Option(
        "--protocols",
        metavar="DIR",
        envvar="ELIGO_PROTOCOLS",
        callback=_use_protocols,
        help="A folder of folders, each with a protocol of your own.",
    ),
]
