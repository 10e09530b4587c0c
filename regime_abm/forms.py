"""A file that people wrote, against the form it must have: what does not fit is told in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from regime_abm.errors import InputError, nearest
from regime_abm.files import read_toml

_File = TypeVar("_File", bound=BaseModel)


def parsed(path: Path, form: type[_File]) -> _File:
    """The fields of a TOML file, checked against its form; InputError names file and field."""
    return fitted(read_toml(path), form, str(path))


def fitted(table: Mapping[str, Any], form: type[_File], where: str) -> _File:
    """As :func:`parsed`, of fields that were read already."""
    try:
        return form.model_validate(table)
    except ValidationError as error:
        raise InputError(f"{where}: {_in_words(error.errors()[0], form)}") from None


def _in_words(fault: Mapping[str, Any], form: type[BaseModel]) -> str:
    field = ".".join(str(part) for part in fault["loc"]) or "file"
    if fault["type"] == "extra_forbidden":
        known = [item.alias or name for name, item in _form_at(form, fault["loc"][:-1]).model_fields.items()]
        return f"unknown field {field!r}{nearest(str(fault['loc'][-1]), known)}"
    if fault["type"] == "missing" and field == "schema":
        return "schema is missing; the file begins with `schema = 1`"
    shown = str(fault.get("input"))[:60]
    return f"{field}: {fault['msg'][0].lower()}{fault['msg'][1:]} (found {shown})"


def _form_at(form: type[BaseModel], place: Sequence[Any]) -> type[BaseModel]:
    """The form of a table inside a file."""
    for step in place:
        for name, item in form.model_fields.items():
            if step == (item.alias or name):
                inner = [item.annotation, *get_args(item.annotation)]
                form = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)), form)
    return form
