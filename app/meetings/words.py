"""What a form of this room carried, in words."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField

NOT_TYPED = ("submission_key", "over", "csrf_token")


def in_words(form: FlaskForm) -> dict[str, str]:
    """What was typed, under its field's name, to be shown where the form cannot be sent again."""
    return {field.name: _said(field) for field in form if field.name not in NOT_TYPED}


def _said(field: object) -> str:
    if hasattr(field, "in_words"):
        return str(field.in_words())
    if isinstance(field, BooleanField):
        return "Yes" if field.data else ""
    if isinstance(field, (RadioField, SelectField)):
        offered: Any = field.choices or ()
        return next((str(one.label) for one in offered if one.value and one.value == field.data), "")
    return str(getattr(field, "cleaned", ""))
