"""The house rules that a machine can check."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BANNED_NAMES = {"utils", "helpers", "common", "manager", "process", "util", "misc"}


def _files(folder: str, pattern: str) -> list[Path]:
    return [
        file
        for file in sorted((ROOT / folder).rglob(pattern))
        if not {"migrations", "vendor", "__pycache__"} & set(file.parts)
    ]


def _python() -> list[Path]:
    return [
        *_files("planner", "*.py"),
        *_files("costmodel", "*.py"),
        *_files("tests", "*.py"),
        ROOT / "manage.py",
    ]


def _too_long(files: list[Path], most: int) -> list[str]:
    counted = [(file, len(file.read_text().splitlines())) for file in files]
    return [f"{file.relative_to(ROOT)} has {lines} lines" for file, lines in counted if lines > most]


def test_the_import_contracts_hold() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("folder", "pattern", "most"), [("templates", "*.html", 150), ("static", "*.css", 120)]
)
def test_templates_and_stylesheets_are_short(folder: str, pattern: str, most: int) -> None:
    assert _too_long(_files(folder, pattern), most) == []


def test_modules_are_short() -> None:
    assert _too_long(_python(), 400) == []


def test_functions_are_short() -> None:
    long = []
    # A journey is told in one breath, from sign-in to the end.
    for file in [file for file in _python() if "journeys" not in file.parts]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 40:
                    long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines")
    assert long == []


def test_no_module_is_named_by_what_it_is_not() -> None:
    named = [
        file.relative_to(ROOT)
        for folder in ("planner", "costmodel", "tests", "templates", "static")
        for file in (ROOT / folder).rglob("*")
        if file.stem in BANNED_NAMES and "vendor" not in file.parts
    ]
    assert named == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    """The content security policy would silently refuse them."""
    signs = ("style=", "onclick=", "onchange=", "onsubmit=", "hx-on", "javascript:", "<style")
    texts = {file: file.read_text() for file in _files("templates", "*.html")}
    found = [
        f"{file.relative_to(ROOT)}: {sign}" for file, text in texts.items() for sign in signs if sign in text
    ]
    assert found == []
