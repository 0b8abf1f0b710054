"""How the tests about the code read it: what is tracked or about to be, what a module imports, what a template says."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from dashboard.config import ROOT

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_MACRO = re.compile(r"\{%-?\s*macro\b.*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
EXPRESSION = "…"  # what stands in a template's HTML where the template computes something


@cache
def files(*endings: str, under: str = "") -> tuple[Path, ...]:
    """Every file of the project that git knows or would take, by the end of its name."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", under or "."],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    paths = (ROOT / name for name in listed.splitlines() if name.endswith(endings or ("",)))
    return tuple(sorted(path for path in paths if path.is_file()))


def name_of(path: Path) -> str:
    """A file's place in the project, as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every module or name that a Python file imports, wherever in it, with the line: `dashboard.clock.now`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def calls_of(path: Path) -> Iterator[tuple[int, str]]:
    """The dotted name of everything that a Python file calls, with the line: `db.session.commit`, `datetime.now`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def is_of(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


@cache
def template_tree(path: Path) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.do"]).parse(path.read_text(encoding="utf-8"))


class Html(HTMLParser):
    """The elements that a template writes itself: each root, and every element with its attributes and line."""

    def __init__(self, path: Path, *, with_macros: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.roots: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[int, str, dict[str, str | None]]] = []
        self._open: list[str] = []
        text = _keep_lines(_COMMENT, path.read_text(encoding="utf-8"))
        if not with_macros:
            text = _keep_lines(_MACRO, text)
        self.feed(_EXPRESSION.sub(EXPRESSION, _keep_lines(_STATEMENT, text)))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def _seen(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._open:
            self.roots.append((tag, dict(attrs)))
        self.elements.append((self.getpos()[0], tag, dict(attrs)))


def _keep_lines(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: "\n" * found.group().count("\n"), text)
