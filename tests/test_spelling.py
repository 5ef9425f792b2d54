"""The look-up of words: what is read, what is passed over, and that a misspelt word is refused."""

import json
from pathlib import Path

import pytest

from tools import spelling

ROOT = Path(__file__).resolve().parent.parent
MISSPELT = "entorpy"
PROSE = f"""---
title: qqq
---
# The {MISSPELT}

Text with `qqq`, $qqq$, {{cite:t}}`qqq2002`, {{ref}}`qqq`, <span class="qqq">,
https://qqq.org, np.qqq, qqq(1), --qqq, /qqq, and Softmax's.

```python
qqq
```

$$
qqq
$$ (eq-qqq)
"""


@pytest.fixture(scope="module")
def known():
    return spelling.Dictionary()


def cell(kind: str, source: str, **metadata) -> dict:
    return {"cell_type": kind, "id": "this", "source": source, "metadata": metadata}


FILES = {
    "page.md": PROSE,
    "title.md": f"```{{admonition}} An {MISSPELT}\nText.\n```\n",
    "term.md": f"The {{term}}`{MISSPELT}`, {{term}}`entropies <qqq>`.\n",
    "prose.ipynb": {"cells": [cell("markdown", PROSE)]},
    "comment.ipynb": {"cells": [cell("code", f"qqq = 1  # the {MISSPELT}")]},
    "printed.ipynb": {"cells": [cell("code", f"print(f'the {MISSPELT} is {{qqq}} nats')")]},
    "caption.ipynb": {
        "cells": [
            cell("code", "qqq", mystnb={"figure": {"name": "qqq", "caption": f"An {MISSPELT}."}})
        ]
    },
    "docstring.py": f'def qqq():\n    """The {MISSPELT} of ``qqq`` and :math:`qqq`."""\n',
    "comment.py": f"qqq = 'qqq qqq qqq'  # the {MISSPELT}\n",
    "page.html": f'<p class="qqq">{{{{ qqq }}}} {{# qqq #}} An {MISSPELT}</p><script>qqq</script>',
    "figure.js": f'// A line\nconst qqq = {{{{notice: "An {MISSPELT}", qqq: 1}}}};',
    "label.html": f'<a aria-label="An {MISSPELT}">A word</a>',
}


@pytest.mark.parametrize("name", FILES)
def test_misspelt_word_is_found_and_code_is_not(name, known, tmp_path):
    path = tmp_path / name
    text = FILES[name]
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    assert [word for _, word in spelling.unknown(path, known)] == [MISSPELT]


def test_misspelt_word_is_refused_with_its_place_and_a_guess(tmp_path, capsys):
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": [cell("markdown", f"The {MISSPELT}.")]}))
    assert spelling.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert f"chapter.ipynb, cell 1 (this): {MISSPELT} (entropy" in said


def test_what_is_added_is_sorted_and_small_where_both_ways_were_met(tmp_path, monkeypatch):
    monkeypatch.setattr(spelling, "WORDS", tmp_path / "words.txt")
    spelling.WORDS.write_text("argmax\nsoftmax\n")
    page = tmp_path / "page.md"
    page.write_text(f"{MISSPELT.title()} of Qqq, an {MISSPELT}.\n")
    assert spelling.main(["--add", str(page)]) == 0
    assert spelling.WORDS.read_text().split() == ["argmax", MISSPELT, "Qqq", "softmax"]


def test_spelling_is_british(known, tmp_path):
    path = tmp_path / "page.md"
    path.write_text("Neighbours normalise colours. A neighbor normalizes colors.\n")
    found = [word for _, word in spelling.unknown(path, known)]
    assert found == ["neighbor", "normalizes", "colors"]


def test_projects_words_are_sorted_and_needed(known):
    listed = spelling.WORDS.read_text(encoding="utf-8").splitlines()
    assert listed == sorted(listed, key=lambda word: (word.lower(), word))
    assert [word for word in listed if known.british.spell(word)] == []
