"""What the cluster would say to a manifest: a dry run of each of its objects, and what its fields mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from podlab.errors import ApiError, ManifestError, PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.manifests.documents import Manifest, parse
from podlab.kubectl.manifests.manifest import resolve
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.explain import read_document
from podlab.panels.editor.meaning import Meaning, meaning
from podlab.panels.editor.places import Document, Path, documents
from podlab.panels.editor.problems import Problem, of_answer, of_yaml

DRY_RUN = {"dryRun": "All", "fieldManager": "kubectl-client-side-apply", "fieldValidation": "Strict"}
TAKEN = (403, 409)  # what a server says to a new object that is there already, or that a quota leaves no room for


@dataclass(frozen=True, slots=True)
class Plan:
    """What `apply` would do with one object: `created`, `configured` or `unchanged`."""

    kind: str
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class Review:
    """What is wrong with a manifest, in the order of its lines, and what would happen to the objects that are right."""

    problems: tuple[Problem, ...] = ()
    plans: tuple[Plan, ...] = ()


@dataclass(slots=True)
class Reviewer:
    """A cluster that manifests are held against; the server's schemas are kept."""

    kubectl: Kubectl
    _schemas: dict[str, dict[str, Any]] = field(default_factory=dict)

    def review(self, text: str, source: str) -> Review:
        """Try each object of the text in a dry run; nothing is changed.

        Raises:
            ClusterError: the server is out of reach.
        """
        problems: list[Problem] = []
        plans: list[Plan] = []
        for document in documents(text):
            problems += of_yaml(document)
            for manifest, within in _objects(document, source, problems):
                try:
                    plans.append(self._tried(manifest, document, within, problems))
                except (ApiError, ManifestError) as error:
                    problems += of_answer(error, document, partial(self._names, manifest), within)
        return Review(tuple(sorted(problems, key=lambda each: each.line)), tuple(plans))

    def _tried(self, manifest: Manifest, document: Document, within: Path, problems: list[Problem]) -> Plan:
        """What `apply` would do. A new object is tried first: only there a server names fields by their place."""
        mapping = resolve(self.kubectl.mapper, manifest)
        namespace = str((manifest.obj.get("metadata") or {}).get("namespace") or self.kubectl.namespace)
        path = mapping.path(namespace if mapping.namespaced else "")
        if manifest.name:
            try:
                answer = self.kubectl.client.request("POST", path, query=DRY_RUN, body=manifest.obj)
                problems += [Problem(document.line(within), each, "warning") for each in answer.warnings]
            except ApiError as error:
                if error.code not in TAKEN:
                    raise
        said = str(self.kubectl.apply(manifest.obj, dry_run="server"))
        change = next((word for word in ("unchanged", "configured") if f" {word}" in said), "created")
        return Plan(mapping.kind, manifest.name, change)

    def _names(self, manifest: Manifest, path: Path) -> tuple[str, ...]:
        """The names of the fields at a place of the object; none where the server does not tell."""
        try:
            mapping = resolve(self.kubectl.mapper, manifest)
            found = self._meaning(mapping, path)
        except PodlabError:
            return ()
        return found.fields if found else ()

    def _meaning(self, mapping: Mapping, path: Path) -> Meaning | None:
        document = self._schemas.get(mapping.api_version) or read_document(self.kubectl.client, mapping)
        found = meaning(document, mapping, [each for each in path if isinstance(each, str)])
        if found and found.description:  # an embedded server has none in its first seconds
            self._schemas[mapping.api_version] = document
        return found

    def objects(self, text: str) -> list[dict[str, Any]]:
        """The objects of the text.

        Raises:
            ManifestError: it is no YAML.
        """
        return [each.obj for each in parse(text, "") if isinstance(each.obj, dict)]

    def explain(self, text: str, line: int, path: Path) -> tuple[str, Meaning] | None:
        """The resource's singular name and the meaning of the field at a place; None where nothing is known of it.

        Raises:
            PodlabError: the server gives no schema.
        """
        document = [each for each in documents(text) if each.before < line or each.before == 0][-1]
        version, kind = (_value(document, key) for key in ("apiVersion", "kind"))
        mapping = self.kubectl.mapper.by_kind(version, kind) if version and kind else None
        found = self._meaning(mapping, path) if mapping else None
        return (mapping.singular, found) if mapping and found else None


def _objects(document: Document, source: str, problems: list[Problem]) -> Iterator[tuple[Manifest, Path]]:
    """The objects of a document and where they are in it."""
    if document.error is not None:
        return
    try:
        found = list(parse(document.text, source))
    except ManifestError as error:
        problems.append(Problem(document.before + 1, str(error)))
        return
    is_list = _value(document, "kind").endswith("List")
    for number, manifest in enumerate(found):
        yield manifest, ("items", number) if is_list else ()


def _value(document: Document, key: str) -> str:
    """The value of a key at the top of a document, even where the rest is no YAML."""
    found = re.search(rf"^{key}:\s*[\"']?([^\s\"'#]+)", document.text, re.M)
    return found[1] if found else ""
