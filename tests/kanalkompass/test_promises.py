"""Every number of docs/promises.md has a test that names it, and no test names a number that does not stand there."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "promises.md"
NUMBER = re.compile(r"(?<![A-Za-z0-9])([BFPR]\d{1,2})(?![A-Za-z0-9])", re.IGNORECASE)
ROW = re.compile(r"^\| ([BFPR]\d+) \| (.+?) \| (.*?)\s*\|$", re.MULTILINE)


@cache
def promised() -> dict[str, str]:
    """Return every number of the page with why it is not built; "" where it is."""
    return {number: why for number, _, why in ROW.findall(PAGE.read_text())}


@cache
def proved() -> dict[str, list[str]]:
    """Return the tests by the numbers they name."""
    named = defaultdict(list)
    for file in sorted(TESTS.rglob("test_*.py")):
        for name, words in named_in(ast.parse(file.read_text()), around=""):
            for number in set(NUMBER.findall(words)):
                named[number.upper()].append(f"{file.name}::{name}")
    return dict(named)


def named_in(node: ast.AST, *, around: str) -> Iterator[tuple[str, str]]:
    """Yield (name, words) of each test; the name and docstring of its class count too, those of its module do not."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef):
            yield from named_in(each, around=f"{around} {each.name} {ast.get_docstring(each) or ''}")
        elif isinstance(each, ast.FunctionDef) and each.name.startswith("test"):
            yield each.name, f"{each.name.replace('_', ' ')} {ast.get_docstring(each) or ''}{around}"


@pytest.mark.parametrize(("letter", "last"), [("P", 27), ("R", 23), ("F", 22), ("B", 59)])
def test_the_page_holds_every_number(letter, last):
    assert [number for number in promised() if number[0] == letter] == [f"{letter}{n}" for n in range(1, last + 1)]


@pytest.mark.parametrize("number", [number for number, why in promised().items() if not why])
def test_what_is_promised_is_proved(number):
    assert proved().get(number), f"No test names {number}: write one, or say on the page why it is not built"


def test_what_is_proved_is_not_called_missing():
    assert [number for number, why in promised().items() if why and number in proved()] == []


def test_no_test_names_a_number_that_the_page_does_not_hold():
    assert {number: tests for number, tests in proved().items() if number not in promised()} == {}


def test_a_number_without_a_test_is_seen(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_p99_is_kept(): ...\n\n\ndef test_other():\n    '''Proves B98.'''\n")
    tree = ast.parse((tmp_path / "test_x.py").read_text())

    found = {number.upper() for _, words in named_in(tree, around="") for number in NUMBER.findall(words)}

    assert found == {"P99", "B98"}
