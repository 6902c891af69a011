"""Letters as they come: a path, a folder or standard input goes in, documents with offsets and a date come out.

Whatever cannot be read as a letter is refused in one line that says what, where and what to do, and quotes nothing.
"""

from screening.documents.arguments import find_letters, parse_day, read_letters
from screening.documents.errors import BadInputError
from screening.documents.letters import Letter, letter_from_text, letters_from_bytes

__all__ = [
    "BadInputError",
    "Letter",
    "find_letters",
    "letter_from_text",
    "letters_from_bytes",
    "parse_day",
    "read_letters",
]
