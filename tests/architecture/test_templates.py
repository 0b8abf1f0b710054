"""What templates may say, and what every fragment must."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from dashboard.web import assets
from tests.architecture.source import EXPRESSION, Html, files, name_of, template_tree, tree_of

TEMPLATES = files(".html", under="templates")
PARTIALS = [path for path in TEMPLATES if path.name.startswith("_")]
OURS = [path for path in files(".css", ".js", under="static") if "vendor" not in path.parts]
NAMESPACES = ("http://www.w3.org/",)  # a name, not an address that is asked


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("partial", PARTIALS, ids=name_of)
def test_a_fragment_is_one_element_with_the_id_of_its_place(partial: Path) -> None:
    roots = [(tag, attributes) for tag, attributes in Html(partial, with_macros=False).roots if tag != "hx-partial"]
    assert len(roots) == 1, (
        f"{name_of(partial)} writes {len(roots)} elements at its root ({', '.join(tag for tag, _ in roots)}): a "
        "fragment is exactly one, written out in the file itself, so that a swap replaces it whole."
    )
    feature, name = partial.parent.name.replace("_", "-"), partial.stem.strip("_").replace("_", "-")
    wanted, given = f"{feature}-{name}", roots[0][1].get("id")
    # A component is given its id by whoever includes it.
    assert given is not None and (  # noqa: PT018  (one sentence says what to do about both)
        given == wanted or given.startswith(f"{wanted}-") or (feature == "components" and given == EXPRESSION)
    ), f"{name_of(partial)}: its element has the id {given!r}; call it {wanted!r}, or {wanted}-<key> where many stand."


def test_templates_hold_no_script_style_or_handler() -> None:
    broken = [
        f"{name_of(path)}:{line} <{tag}> {what}"
        for path in TEMPLATES
        for line, tag, attributes in Html(path, with_macros=True).elements
        for what in inline_code(tag, attributes)
    ]
    assert broken == [], "The content security policy refuses it: use static/css, static/js and data- attributes."


def inline_code(tag: str, attributes: dict[str, str | None]) -> Iterator[str]:
    if tag == "style":
        yield "is an inline style sheet"
    if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
        yield "is an inline script"
    for name, value in attributes.items():
        if name == "style":
            yield "has a style attribute"
        if name.startswith(("on", "hx-on")):
            yield f"has the handler {name}"
        if value and re.match(r"\s*(javascript|js):", value, re.IGNORECASE):
            yield f"runs what {name} says"


def test_nothing_is_asked_of_another_host() -> None:
    loads = ("src", "href", "action", "srcset", "poster", "data", "formaction", "hx-get", "hx-post")
    in_templates = [
        f"{name_of(path)}:{line} {name}={value}"
        for path in TEMPLATES
        for line, _, attributes in Html(path, with_macros=True).elements
        for name, value in attributes.items()
        if name in loads and re.match(r"\s*([a-z]+:)?//", value or "")
    ]
    in_ours = [
        f"{name_of(path)}:{number} {address}"
        for path in OURS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for address in re.findall(r"(?:https?:)?//[\w-]+\.[\w./-]+", line)
        if not address.startswith(NAMESPACES)
    ]
    assert in_templates + in_ours == [], (
        "Install it from package-lock.json and serve it: a page asks only its own host."
    )


def test_every_icon_that_is_named_is_in_the_sprite_and_the_reverse() -> None:
    named = {icon: place for path in TEMPLATES for icon, place in icons_of_template(path)}
    named |= {icon: place for path in files(".py", under="dashboard") for icon, place in icons_of_module(path)}
    missing = [f"{icon} ({place})" for icon, place in sorted(named.items()) if icon not in assets.ICONS]
    assert missing == [], "Add them to ICONS in dashboard/web/assets.py and run make setup."

    said = {word for path in TEMPLATES for word in strings_of_template(path)}
    said |= {word for path in files(".py", under="dashboard") if path.name != "assets.py" for word in strings_of(path)}
    unused = sorted(set(assets.ICONS) - said)
    assert unused == [], "No template or module names these icons: take them out of ICONS in dashboard/web/assets.py."


def icons_of_template(path: Path) -> Iterator[tuple[str, str]]:
    for call in template_tree(path).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and call.args:
            yield from ((word, f"{name_of(path)}:{call.lineno}") for word in outcomes(call.args[0]))


def outcomes(said: nodes.Node) -> Iterator[str]:
    """The words that an expression can come out as, where they stand in it: 'a' if … else 'b'."""
    if isinstance(said, nodes.Const):
        yield str(said.value)
    if isinstance(said, nodes.CondExpr):
        yield from outcomes(said.expr1)
        if said.expr2 is not None:
            yield from outcomes(said.expr2)


def icons_of_module(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword) and node.arg == "icon" and isinstance(node.value, ast.Constant):
            yield str(node.value.value), f"{name_of(path)}:{node.value.lineno}"


def strings_of_template(path: Path) -> Iterator[str]:
    return (str(const.value) for const in template_tree(path).find_all(nodes.Const))


def strings_of(path: Path) -> Iterator[str]:
    return (n.value for n in ast.walk(tree_of(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def test_every_macro_is_used() -> None:
    defined = {
        macro.name: f"{name_of(path)}:{macro.lineno}"
        for path in TEMPLATES
        for macro in template_tree(path).find_all(nodes.Macro)
    }
    used = {
        name.name for path in TEMPLATES for name in template_tree(path).find_all(nodes.Name) if name.ctx == "load"
    } | {attribute.attr for path in TEMPLATES for attribute in template_tree(path).find_all(nodes.Getattr)}
    renamed = {
        original
        for path in TEMPLATES
        for importing in template_tree(path).find_all(nodes.FromImport)
        for original, alias in (name for name in importing.names if isinstance(name, tuple))
        if alias in used
    }
    unused = [f"{name} ({place})" for name, place in sorted(defined.items()) if name not in used | renamed]
    assert unused == [], "Nobody calls these macros: delete them."


def test_every_template_is_rendered_or_included_by_somebody() -> None:
    said = {word for path in files(".py", under="dashboard") for word in strings_of(path)}
    said |= {word for path in TEMPLATES for word in strings_of_template(path)}
    # The sign-in extension finds its own by name.
    lonely = [
        name_of(path)
        for path in TEMPLATES
        if template_name(path) not in said and not template_name(path).startswith("security/")
    ]
    assert lonely == [], "Nobody renders, extends or includes these templates: delete them."


def template_name(path: Path) -> str:
    return name_of(path).removeprefix("templates/")
