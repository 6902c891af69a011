"""Whether a letter is in English: a text in, the name of another language out, or None.

Facts are read by English words only; a letter in another language would look like one that says nothing.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from pathlib import Path

from kb.kept import kept_yaml
from kb.patterns import compiled

_WORDS = Path(__file__).parent / "languages.yaml"
_WORD = compiled(r"[^\W\d_]+")
_OUTSIDE_ASCII = compiled(r"[^\x00-\x7f]")
_ENOUGH = 5  # fewer foreign words are names, addresses, a quoted phrase
_DIFFERENT = 4  # one foreign word again and again is an abbreviation
# Scripts by the first word of their characters' Unicode names; several letters make up the weight of one Latin word.
_SCRIPTS = {
    "CJK": ("Chinese or Japanese", 2),
    "HIRAGANA": ("Japanese", 3),
    "KATAKANA": ("Japanese", 3),
    "HANGUL": ("Korean", 2),
    "CYRILLIC": ("a language in Cyrillic script", 5),
    "ARABIC": ("a language in Arabic script", 4),
    "HEBREW": ("Hebrew", 4),
    "GREEK": ("Greek", 5),
    "DEVANAGARI": ("a language in Devanagari script", 4),
    "BENGALI": ("Bengali", 4),
    "TAMIL": ("Tamil", 5),
    "THAI": ("Thai", 5),
}


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    content = kept_yaml(_WORDS, "BaseLoader")
    return {name: frozenset(words) for name, words in content.items()}


def foreign_language(text: str) -> str | None:
    """The language of a text that is not in English; None for English, and where too little is said to tell.

    >>> foreign_language("Die Patientin wurde mit Prednisolon behandelt und ist seit Mai in Remission.")
    'German'
    >>> foreign_language("38F SLE. LVEF 48%.") is None
    True
    """
    written = _WORD.findall(text)
    if not text.isascii():
        written = [word for word in written if word.isascii() or _is_latin(word)]
    words = Counter(map(str.lower, written))
    total = sum(words.values())
    script = _other_script(text, total)
    if script is not None:
        return script
    scores = {name: sum(words[word] for word in words.keys() & known) for name, known in _words().items()}
    english = scores.pop("english")
    name, score = max(scores.items(), key=lambda entry: entry[1])
    different = sum(1 for word in _words()[name] if words[word])
    return name if score >= _ENOUGH and different >= _DIFFERENT and score > 2 * english else None


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(char, "").startswith("LATIN") for char in word)


def _other_script(text: str, latin_words: int) -> str | None:
    letters: Counter[str] = Counter()
    for char in _OUTSIDE_ASCII.findall(text):
        if char.isalpha():
            script = unicodedata.name(char, "").split(" ")[0].split("-")[0]
            if script in _SCRIPTS:
                letters[script] += 1
    weights = {script: count / _SCRIPTS[script][1] for script, count in letters.items()}
    if sum(weights.values()) < max(_ENOUGH, latin_words):
        return None
    return _SCRIPTS[max(weights, key=lambda script: weights[script])][0]
