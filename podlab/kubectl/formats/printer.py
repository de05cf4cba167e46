"""The server's Table as kubectl prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from podlab.apimachinery.times import age
from podlab.kubectl.formats.tabwriter import align, escape

Table = dict[str, Any]
Column = dict[str, Any]
_EVENTS = {"ADDED": "ADDED   ", "MODIFIED": "MODIFIED", "DELETED": "DELETED ", "ERROR": "ERROR   "}


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What the flags of `get` ask of a table."""

    wide: bool = False
    no_headers: bool = False
    with_namespace: bool = False
    show_labels: bool = False
    label_columns: Sequence[str] = ()
    kind: str = ""  # the prefix of names, such as `deployment.apps`


@dataclass(slots=True)
class TablePrinter:
    """Prints the tables of one list or watch below each other: one header, columns never narrower than before.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go
    """

    options: TableOptions = TableOptions()
    columns: list[Column] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    printed_headers: bool = False

    def text(self, table: Table, event: str = "") -> str:
        """The lines of `table`, each with its newline; "" if it has no rows and so needs no header.

        Args:
            event: a watch event's type, printed in a first column EVENT.
        """
        columns = table.get("columnDefinitions") or self.columns
        headers = not self.options.no_headers and not (self.printed_headers and columns == self.columns)
        self.columns = columns
        rows = table.get("rows") or []
        self.printed_headers = self.printed_headers or bool(rows)
        lines = [*_header(columns, self.options, event)] if headers and rows else []
        lines += ["\t".join(_cells(row, columns, self.options, event)) for row in rows]
        if not lines:
            return ""
        return align("\n".join(lines) + "\n", min_width=6, padding=3, remembered=self.widths)


def as_table(found: dict[str, Any], now: datetime) -> Table:
    """The server's table; of objects without one, their names and ages.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go (defaultPrintRow)
    """
    if "columnDefinitions" in found or found.get("kind") == "Table":
        return found
    items = found["items"] if isinstance(found.get("items"), list) else [found]
    ages = [age((each.get("metadata") or {}).get("creationTimestamp"), now) for each in items]
    rows = [
        {"cells": [(each.get("metadata") or {}).get("name", ""), old], "object": each}
        for each, old in zip(items, ages, strict=True)
    ]
    return {"columnDefinitions": [{"name": "Name", "format": "name"}, {"name": "Age"}], "rows": rows}


def print_table(table: Table, options: TableOptions = TableOptions()) -> str:
    """One table on its own."""
    return TablePrinter(options).text(table)


def _header(columns: list[Column], options: TableOptions, event: str) -> list[str]:
    names = ["EVENT"] if event else []
    names += ["NAMESPACE"] if options.with_namespace else []
    names += [column["name"].upper() for column in columns if options.wide or not column.get("priority")]
    names += [label.rpartition("/")[2].upper() for label in options.label_columns]
    names += ["LABELS"] if options.show_labels else []
    return ["\t".join(names)]


def _cells(row: dict[str, Any], columns: list[Column], options: TableOptions, event: str) -> list[str]:
    metadata = (row.get("object") or {}).get("metadata") or {}
    labels = metadata.get("labels") or {}
    name_at = next((i for i, c in enumerate(columns) if c.get("format") == "name"), -1) if options.kind else -1
    cells = [_EVENTS.get(event, event)] if event else []
    cells += [metadata.get("namespace", "")] if options.with_namespace else []
    for at, (cell, column) in enumerate(zip(row["cells"], columns, strict=False)):
        if options.wide or not column.get("priority"):
            cells.append(f"{options.kind}/{cell}" if at == name_at else cell_text(cell))
    cells += [escape(labels.get(key, "")) for key in options.label_columns]
    cells += [format_labels(labels)] if options.show_labels else []
    return cells


def cell_text(cell: object) -> str:
    """One cell: up to its first line break, what a terminal would obey made visible."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell)
    cut = min((at for at in map(text.find, "\f\n\r") if at >= 0), default=-1)
    return escape(text if cut < 0 else text[:cut]) + ("..." if cut >= 0 else "")


def format_labels(labels: Mapping[str, str] | None) -> str:
    """Labels on one line, sorted; `<none>` for none."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else "<none>"
