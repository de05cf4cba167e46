"""What the verbs that write have in common: dry runs, validation, field managers, and how they print what they wrote.

Upstream: staging/src/k8s.io/cli-runtime/pkg/printers, staging/src/k8s.io/kubectl/pkg/cmd/util
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery.yamlprinter import to_compact_json
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.flags import BOOLEANS
from podlab.kubectl.commandline.parse import parse
from podlab.kubectl.formats.formats import Format, parse_format
from podlab.kubectl.formats.structs import as_struct, sorted_fields
from podlab.kubectl.klog import logged
from podlab.kubectl.resources.restmapper import Mapping

Object = dict[str, Any]
VALIDATION = {"true": "Strict", "strict": "Strict", "warn": "Warn", "ignore": "Ignore", "false": "Ignore", "": "Strict"}
VALIDATE = "must be one of: strict (or true), warn, ignore (or false)"
IN_WORDS = {"client": " (dry run)", "server": " (server dry run)"}
_BOOLEAN = "--dry-run={} is deprecated (boolean value) and can be replaced with --dry-run={}."
OLD_DRY_RUNS = {
    "unchanged": (719, "--dry-run is deprecated and can be replaced with --dry-run=client.", "client"),
    **{each: (733, _BOOLEAN.format(each, "client"), "client") for each, yes in BOOLEANS.items() if yes},
    **{each: (736, _BOOLEAN.format(each, "none"), "none") for each, yes in BOOLEANS.items() if not yes},
}
"""How dry runs were asked for: kubectl's line that warns, its words, and what it means.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (GetDryRunStrategy)
"""
PROGRAM = "kubectl"
"""The field manager of a write that names none, as the server reads it from kubectl's User-Agent."""
CAUSE = "kubernetes.io/change-cause"
AT_ONCE = ("kubectl-annotate", "kubectl-label", "kubectl-set")
"""Who sends a change and its cause in one patch; others send the cause in a second."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def dry_run_of(command: Command, given: str) -> str:
    """What `--dry-run` means: `none`, `client` or `server`; of how it once was written kubectl warns.

    Raises:
        PodlabError: it means nothing.
    """
    if given in OLD_DRY_RUNS:
        line, deprecated, given = OLD_DRY_RUNS[given]
        command.err(logged(f"helpers.go:{line}", deprecated, "W"))
    if given not in ("none", "client", "server"):
        raise PodlabError(f'error: Invalid dry-run value ({given}). Must be "none", "server", or "client".')
    return given


@dataclass(slots=True)
class Writing:
    """How one command writes, and what it has written.

    Attributes:
        dry_run: `none`, `client` (nothing is sent) or `server` (nothing is kept).
        manager: the field manager, where `--field-manager` names none.
        validate: `strict`, `warn` or `ignore`: what the server does about unknown fields; "" does not ask it to.
        as_list: several objects are printed as one List, as `apply` does.
        typed: the objects are Go's structs: their fields are printed in the order of these.
        late: a format that is none is told only when an object is to be printed, and has been written.
    """

    command: Command
    manager: str
    dry_run: str = ""
    validate: str = ""
    output: str | None = None
    as_list: bool = False
    typed: bool = False
    late: bool = False
    written: list[Object] = field(default_factory=list)

    def __post_init__(self) -> None:
        common = self.command.common
        self.manager = common.field_manager or self.manager
        self.dry_run = self.dry_run or common.dry_run
        self.validate = common.validate or self.validate
        self.output = self.output or common.output
        self.dry_run = dry_run_of(self.command, self.dry_run)
        if self.validate.lower() not in VALIDATION:
            raise PodlabError(f'error: invalid - validate option "{self.validate}"; {VALIDATE}')
        if not self.late:
            self._style()

    def _style(self) -> Format:
        return parse_format(self.output, allow_missing=self.command.common.allow_missing_template_keys, tables=False)

    @property
    def on_client(self) -> bool:
        """Nothing is sent."""
        return self.dry_run == "client"

    @property
    def query(self) -> dict[str, object]:
        """The query parameters of a write."""
        return {
            "dryRun": None if self.dry_run == "none" else "All",
            "fieldManager": self.manager,
            "fieldValidation": VALIDATION[self.validate.lower()] if self.validate else None,
        }

    def post(self, mapping: Mapping, namespace: str, obj: Object) -> Object:
        """Create an object; in a client's dry run it comes back as it is."""
        saved = self.command.common.save_config and not (self.on_client and self.manager == "kubectl-run")
        obj = annotated(obj, typed=self.typed) if saved else obj
        if self.on_client:
            return as_struct(obj) if self.typed else obj
        obj = self.with_cause(obj)
        path = mapping.path(namespace)
        found: Object = self.command.client.request("POST", path, query=self.query, body=obj).json()
        return found

    def patch(self, path: str, patch: object, kind: str = "strategic-merge-patch", *, bare: bool = False) -> Object:
        """Patch an object; `kind` is the content type's: `strategic-merge-patch`, `merge-patch`, `json-patch`."""
        if isinstance(patch, dict) and not bare and self.manager in AT_ONCE:
            patch = self.with_cause(patch)
        found: Object = self.command.client.request(
            "PATCH",
            path,
            query={**self.query, "fieldManager": PROGRAM, "fieldValidation": None} if bare else self.query,
            body=patch,
            content_type=f"application/{kind}+json",
        ).json()
        return found

    def tell(self, mapping: Mapping, obj: Object, done: str, *, plain: bool = False) -> None:
        """Print what became of an object: `pod/web created`, or the object in the format asked for.

        Args:
            plain: whether a dry run goes without saying.
        """
        obj = self._recorded(mapping, obj)
        self.command.objects.append(obj)
        style = self._style()
        if self.as_list and style.name not in ("", "name"):
            self.written.append(obj)
        elif style.name in ("", "name"):
            name = obj["metadata"].get("name") or obj["metadata"].get("generateName", "")
            words = f" {done}{'' if plain else IN_WORDS.get(self.dry_run, '')}" if not style.name else ""
            self.command.out(f"{kind_name(mapping)}/{name}{words}\n")
        else:
            between = "---\n" if self.written and style.name == "yaml" else ""
            self.written.append(obj)
            shown = self.command.common.show_managed_fields
            self.command.out(between + style.text(obj, show_managed_fields=shown, by_name=not self.typed))

    def with_cause(self, obj: Object) -> Object:
        """What is sent with the command line as its change's cause, where `--record` asks for that."""
        if not self.command.common.record:
            return obj
        metadata = obj.get("metadata") or {}
        annotations = {**(metadata.get("annotations") or {}), CAUSE: recorded(self.command.line)}
        return {**obj, "metadata": {**metadata, "annotations": annotations}}

    def _recorded(self, mapping: Mapping, obj: Object) -> Object:
        """The object with the command line as its change's cause, where that was not sent with the change."""
        if not self.command.common.record or self.dry_run != "none" or not obj["metadata"].get("uid"):
            return obj
        cause = recorded(self.command.line)
        if (obj["metadata"].get("annotations") or {}).get(CAUSE) == cause:
            return obj
        patch = {"metadata": {"annotations": {CAUSE: cause}}}
        path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        return self.patch(path, patch, "merge-patch", bare=True)

    def finish(self) -> None:
        """Print the List that was kept until here."""
        if self.as_list and self.written:
            style = self._style()
            shown, single = self.command.common.show_managed_fields, len(self.written) == 1
            items = [sorted_fields(each) for each in self.written]
            whole = {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}
            self.command.out(style.text(items[0] if single else whole, show_managed_fields=shown, by_name=False))


def recorded(line: str) -> str:
    """A command line as `--record` keeps it: its arguments, then its flags in full."""
    parsed = parse(shlex.split(line)[1:])
    flags = {**parsed.globals, **parsed.flags}
    shown = [
        f"--{name.strip('_').replace('_', '-')}={str(value).lower() if isinstance(value, bool) else value}"
        for name, given in flags.items()
        for value in (given if isinstance(given, list) else [given])
    ]
    return " ".join(["kubectl", *parsed.verb.split(), *parsed.arguments, *shown])


def kind_name(mapping: Mapping) -> str:
    """A resource as messages name it: `pod`, `deployment.apps`."""
    return f"{mapping.kind.lower()}.{mapping.group}" if mapping.group else mapping.kind.lower()


def annotated(obj: Object, *, typed: bool = False) -> Object:
    """A copy that carries itself in the annotation that the next `apply` reads."""
    metadata = obj.get("metadata") or {}
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != LAST_APPLIED}
    plain = {**obj, "metadata": {**metadata, "annotations": annotations}}
    if typed:
        plain = as_struct(plain if annotations else obj)
    annotations = {**annotations, LAST_APPLIED: to_compact_json(plain, by_name=not typed) + "\n"}
    return {**obj, "metadata": {**metadata, "annotations": annotations}}
