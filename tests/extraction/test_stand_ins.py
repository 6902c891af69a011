"""What stays out while another is imported can be had all the same, once somebody asks for it."""

import importlib
import subprocess
import sys

import pytest

from extraction.spacy_parts import Language
from extraction.stand_ins import without

NAME = "this"  # of the standard library, loaded by nobody


def test_it_is_not_loaded_until_a_member_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    sys.modules.pop(NAME, None)
    with without(NAME, told="by the stand-in"):
        imported = importlib.import_module(NAME)
        assert imported.told == "by the stand-in"
        assert not hasattr(imported, "s")
    assert NAME not in sys.modules
    assert imported.s.startswith("Gur Mra")
    assert "The Zen of Python" in capsys.readouterr().out


def test_spacy_still_knows_which_languages_are_near_each_other() -> None:
    plainly = "from spacy.util import find_matching_language as near; print(near('no'))"
    plain = subprocess.run([sys.executable, "-c", plainly], capture_output=True, text=True, check=True)
    assert str(importlib.import_module(Language.__module__).util.find_matching_language("no")) == plain.stdout.strip()
