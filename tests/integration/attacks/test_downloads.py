"""Whatever is not a page comes as a file: never shown by a browser, never guessed at, never kept."""

from __future__ import annotations

from flask import Flask, Response

from app.web.csp import SHOWN
from tests.integration.access.test_matrix import World
from tests.integration.attacks.walks import steps
from tests.support.people import client_of

# Stylesheets, scripts and pictures of ours: nothing of anybody.
OURS = {"static", "theme.colours"}


def test_every_answer_that_is_no_page_is_a_file_and_is_not_kept(app: Flask, world: World) -> None:
    files, faults = [], []
    for step in steps(app, world, "GET"):
        answer = client_of(app, step.who).get(step.path)
        headers = answer.headers
        if headers["X-Content-Type-Options"] != "nosniff":
            faults.append(f"{step.path}: may be guessed at")
        if step.endpoint in OURS:
            continue
        if headers["Cache-Control"] != "no-store":
            faults.append(f"{step.path}: may be kept")
        if answer.mimetype in SHOWN:
            if "Content-Disposition" in headers:
                faults.append(f"{step.path}: a page as a file")
            continue
        files.append(step.endpoint)
        if not headers.get("Content-Disposition", "").startswith("attachment"):
            faults.append(f"{step.path}: {answer.mimetype} is shown")
    assert faults == []
    assert {"preparation.download", "entering.empty"} <= set(files)


def test_a_file_whose_route_forgot_to_say_so_is_still_one(app: Flask) -> None:
    from app.web.csp import headers

    kinds = [
        "image/svg+xml",
        "application/pdf",
        "application/xhtml+xml",
        "text/xml",
        "application/octet-stream",
    ]
    with app.test_request_context("/isle-of-wight/cases"):
        for kind in kinds:
            assert headers(Response("x", mimetype=kind)).headers["Content-Disposition"] == "attachment"
        assert "Content-Disposition" not in headers(Response("x", mimetype="text/html")).headers
