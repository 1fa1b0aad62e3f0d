"""Which tests say that they prove a duty: read from the tests' source, without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def tests_by_duty(folder: Path) -> dict[str, list[str]]:
    """Node ids of the tests marked `pytest.mark.duty(...)`, by duty. Empty where there is no such folder."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        file = path.relative_to(folder.parent).as_posix()
        for node_id, duties in _tests(module.body, file, _of_pytestmark(module.body)):
            for duty in sorted(duties):
                found.setdefault(duty, []).append(node_id)
    return found


def _tests(body: Iterable[ast.stmt], prefix: str, inherited: set[str]) -> Iterable[tuple[str, set[str]]]:
    for node in body:
        if not isinstance(node, Definition):
            continue
        node_id = f"{prefix}::{node.name}"
        duties = inherited | {duty for mark in node.decorator_list for duty in _of_mark(mark)}
        if isinstance(node, ast.ClassDef):
            if node.name.startswith("Test"):
                yield from _tests(node.body, node_id, duties | _of_pytestmark(node.body))
        elif node.name.startswith("test_"):
            yield node_id, duties


def _of_pytestmark(body: Iterable[ast.stmt]) -> set[str]:
    duties: set[str] = set()
    for node in body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            duties.update(duty for mark in marks for duty in _of_mark(mark))
    return duties


def _of_mark(mark: ast.expr) -> list[str]:
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.duty"):
        return []
    return [str(argument.value) for argument in mark.args if isinstance(argument, ast.Constant)]
