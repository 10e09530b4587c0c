"""A file that people wrote, against the form it must have: what does not fit is told in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from regime_abm.errors import InputError, nearest
from regime_abm.files import read_toml

SCHEMA = 1  # version of the format of scenarios, presets and plans; what brings older files up to it: migrate.py

_File = TypeVar("_File", bound=BaseModel)


def parsed(path: Path, form: type[_File]) -> _File:
    """The fields of a TOML file, checked against its form; InputError names file and field."""
    return fitted(read_toml(path), form, str(path))


def fitted(table: Mapping[str, Any], form: type[_File], where: str) -> _File:
    """As :func:`parsed`, of fields that were read already; also for a table inside a file, whose form has no version."""
    if "schema_" in form.model_fields:
        refuse_other_versions(table, where)
    try:
        return form.model_validate(table)
    except ValidationError as error:
        raise InputError(f"{where}: {_in_words(error.errors()[0], form)}") from None


def version_of(table: Mapping[str, Any], where: str) -> int:
    """Version of the format in which a file is written; 0 for one that does not say. InputError for what is no version."""
    version = table.get("schema", 0)
    if isinstance(version, bool) or not isinstance(version, int) or ("schema" in table and version < 1):
        raise InputError(
            f"{where}: schema: {str(version)[:60]!r} is no version; the file begins with `schema = {SCHEMA}`"
        )
    if version > SCHEMA:
        raise InputError(
            f"{where}: schema: version {str(version)[:20]} is later than this program knows ({SCHEMA}); take a newer regime_abm"
        )
    return version


def refuse_other_versions(table: Mapping[str, Any], where: str) -> None:
    """InputError for a file that is not in the present version of the format."""
    version = version_of(table, where)
    if version < SCHEMA:
        said = f"version {version} is old" if version else "is missing"
        raise InputError(
            f"{where}: schema {said}; the file begins with `schema = {SCHEMA}` (older files: regime-abm migrate FILE)"
        )


def _in_words(fault: Mapping[str, Any], form: type[BaseModel]) -> str:
    field = ".".join(str(part) for part in fault["loc"]) or "file"
    if fault["type"] == "extra_forbidden":
        known = [item.alias or name for name, item in _form_at(form, fault["loc"][:-1]).model_fields.items()]
        return f"unknown field {field!r}{nearest(str(fault['loc'][-1]), known)}"
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
