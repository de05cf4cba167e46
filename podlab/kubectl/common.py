"""Flags that many verbs have and none treats in a way of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Common:
    """What was said about files, about printing, and about how objects are written."""

    kustomize: str = ""
    recursive: bool = False
    template: str = ""
    allow_missing_template_keys: bool = True
    show_managed_fields: bool = False
    field_manager: str = ""
    save_config: bool = False
    dry_run: str = "none"
    output: str = ""
    validate: str = ""
    record: bool = False


class Kustomization(str):
    """A folder with a kustomization file, where a file's name is expected."""

    __slots__ = ()
