"""Which of the files that a call names belong to one patient: paths and folders in, the paths of each dossier out.

Each file is a patient's only letter, and each sub-folder of a folder one patient's, unless all are said to be one's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from screening.documents import BadInputError, Letter, find_letters, read_letters
from screening.documents.limits import limits_in_use
from screening.omop.notes import Note, is_note_table, read_notes


@dataclass(frozen=True, slots=True)
class Named:
    """The paths of one dossier, and the folder by whose name it is told from others; or a table of notes."""

    paths: tuple[str, ...]
    folder: str = ""
    together: bool = False

    @property
    def is_of_several(self) -> bool:
        """Whether it is a table of notes, each a patient's letter unless all are said to be one patient's."""
        return not self.together and len(self.paths) == 1 and is_note_table(self.paths[0])


def find_dossiers(paths: Iterable[str], tell: Callable[[str], None], *, together: bool = False) -> list[Named]:
    """The dossiers named, in order; with `together` all are one. What holds none is told."""
    found: list[Named] = []
    for path in paths:
        try:
            found += _together_in(path) if together else _apart_in(path)
        except BadInputError as error:
            tell(str(error))
    if together and found:
        return [Named(tuple(path for one in found for path in one.paths), together=True)]
    return found


def _together_in(path: str) -> list[Named]:
    if list(_sub_folders(path)):
        raise BadInputError(
            f"--dossier {path}: its sub-folders hold letters: name one patient's folder, or leave out --dossier to have"
            " each sub-folder taken for a patient's"
        )
    return [Named(tuple(find_letters([path])))]


def _apart_in(path: str) -> list[Named]:
    inside = list(_sub_folders(path))
    try:
        own = [Named((name,)) for name in find_letters([path])]
    except BadInputError:
        if not inside:
            raise
        own = []
    return [*own, *inside]


def _sub_folders(path: str) -> Iterator[Named]:
    """The sub-folders of a folder that hold letters. Raises BadInputError for one that cannot be read."""
    try:
        inside = sorted(one for one in Path(path).iterdir() if one.is_dir() and not one.name.startswith("."))
    except (OSError, ValueError):  # no folder; one that cannot be read is told of by who looks for its letters
        return
    for folder in inside:
        try:
            yield Named(tuple(find_letters([str(folder)])), folder.name)
        except BadInputError:
            if not os.access(folder, os.R_OK | os.X_OK):
                raise


def read_dossier(named: Named, tell: Callable[[str], None]) -> tuple[Letter, ...]:
    """The letters of a dossier that can be read: each other one is told, and noted beside the first of them by name.

    A folder of more than a patient's documents is told, and read as none.
    """
    most = limits_in_use().documents
    if len(named.paths) > most:
        tell(
            f"{named.folder or named.paths[0]}: {len(named.paths)} documents, and one patient's are {most} at most:"
            " give those that count, or each patient's in a folder"
        )
        return ()
    letters: list[Letter] = []
    unread: list[str] = []
    for path in named.paths:
        try:
            letters += _notes_of_one(path, tell) if is_note_table(path) else read_letters(path)
        except BadInputError as error:
            tell(str(error))
            unread.append(Path(path).name)
    if named.folder:
        letters = [_in_folder(letter, named.folder) for letter in letters]
    if unread and letters:
        first = min(range(len(letters)), key=lambda at: letters[at].document.name)
        missing = f"of the same dossier {', '.join(sorted(unread))} could not be read and does not count"
        letters[first] = replace(letters[first], notes=(*letters[first].notes, missing))
    return tuple(letters)


def _notes_of_one(path: str, tell: Callable[[str], None]) -> list[Note]:
    """The notes of a table. Raises BadInputError where they are not one person's."""
    notes = list(read_notes(path, tell))
    persons = {note.person_id for note in notes}
    if len(persons) > 1:
        raise BadInputError(f"{path}: notes of {len(persons)} persons: leave out --dossier, or give those of one")
    return notes


def _in_folder(letter: Letter, folder: str) -> Letter:
    return replace(letter, document=replace(letter.document, name=f"{folder}/{letter.document.name}"))
