"""One value per kind: names, scope, verbs, and the few functions in which kinds differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from podlab.embedded.apiserver.columns import CREATED, NAME, Column, plain
from podlab.embedded.apiserver.fields import Type, canonical, kind, type_named
from podlab.embedded.apiserver.status import Cause as Cause
from podlab.embedded.clock import Clock, Randomness
from podlab.embedded.store import Store

Obj = dict[str, Any]

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


CLUSTER = User("system:apiserver", ("system:masters", "system:authenticated"))
"""The parts of the cluster itself: scheduler, kubelet, controllers."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and how.

    Attributes:
        manager: the name in managedFields; "" leaves them alone.
        dry_run: goes through everything but the store.
        warnings: where what is to be told to the client goes; None drops it.
    """

    manager: str = ""
    user: User = CLUSTER
    dry_run: bool = False
    warnings: list[str] | None = field(default=None, compare=False)


class Objects(Protocol):
    """The registry as admission, strategies and storage see it."""

    store: Store
    clock: Clock
    randomness: Randomness
    resources: dict[tuple[str, str], Resource]
    newest: dict[tuple[str, ...], Obj]
    admit: Callable[[Obj, Obj | None, Context], None]
    check: Callable[[Obj, Obj | None, Context], None]

    def resource(self, name: str) -> Resource:
        """A resource by its qualified plural. Raises KeyError."""

    def get(self, resource: Resource, name: str, namespace: str = "") -> Obj:
        """The stored object. Raises StatusError 404."""

    def find(self, resource: Resource, name: str, namespace: str = "") -> Obj | None:
        """As `get`, None where there is none."""

    def list(
        self, resource: Resource, namespace: str = "", *, labels: str | None = None, fields: str | None = None
    ) -> list[Obj]:
        """The stored objects."""

    def change(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        fn: Callable[[Obj], None],
        *,
        subresource: str = "status",
        by: Writer = Writer(),
        tracked: bool = True,
    ) -> Obj:
        """Let `fn` change a copy, and store it. Raises StatusError."""


@dataclass(slots=True)
class Context:
    """One write on its way through admission, strategy and validation; `operation` is CREATE, UPDATE or DELETE."""

    registry: Objects
    resource: Resource
    operation: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    by: Writer = field(default_factory=Writer)

    def warn(self, texts: Iterable[str]) -> None:
        """Tell the client."""
        if self.by.warnings is not None:
            self.by.warnings.extend(texts)

    def now(self) -> float:
        """The cluster's present moment."""
        return self.registry.clock.now()


def nothing(obj: Obj) -> None:
    """No defaults."""


def no_causes(obj: Obj, old: Obj | None) -> list[Cause]:
    """Nothing is wrong."""
    return []


def no_preparation(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Nothing to prepare."""


def no_fields(obj: Obj) -> dict[str, str]:
    """No fields to select by but metadata.name and metadata.namespace."""
    return {}


def no_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """No warnings."""
    return []


def at_once(obj: Obj, requested: int | None) -> int | None:
    """Deletion without grace."""
    return None


def not_held(obj: Obj) -> bool:
    """Only metadata.finalizers hold an object back."""
    return False


@dataclass(frozen=True, slots=True)
class Part:
    """A subresource that writes one part of the object: `keep` takes the rest from the stored object."""

    keep: Callable[[Obj, Obj], None]
    validate: Callable[[Obj, Obj | None], list[Cause]]


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where a kind keeps what its `/scale` shows; without `selector`, spec.selector is one."""

    spec: tuple[str, ...] = ("spec", "replicas")
    status: tuple[str, ...] = ("status", "replicas")
    selector: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind that is served.

    All functions get objects with apiVersion and kind. `default`, `prepare` and `terminating` change their first
    argument, a fresh copy; `validate` and `warnings` must not.

    Attributes:
        status: whether `/status` exists: plain writes keep the stored status, writes to it keep the rest.
        refused: verbs that discovery names, as kind's does, and that are answered as if they were not served.
        parts: the other subresources that write a part of the object, by name.
        kept_by_status: paths, as managedFields has them, that writes to `/status` leave alone.
        untracked: such paths that nobody owns who writes the object itself, besides the status.
        structure: the fields, where the kind is not built in.
        scale: where the replicas stand, where not in the usual places.
        generation: whether metadata.generation counts changes outside metadata and status.
        counts_annotations: whether it counts those of annotations too.
        columns, row: the Table's columns, and the cells of an object (in its stored form) at a moment.
        row_order: what a list's Table is sorted by, where not by name.
        fields: the values that field selectors may name, besides metadata.name and metadata.namespace.
        grace: seconds of grace for a deletion, given those that the client asked for; None deletes at once.
        deprecated: the warning with every answer about a kind that should not be used any more.
        returns_deleted: whether a finished DELETE answers with the object (Pods do), not with a Status.
        held: whether the object waits for something besides metadata.finalizers (a namespace's spec.finalizers).
        terminating: changes an object whose deletion begins.
        stored_as: (group, plural) whose objects these are too, such as events.k8s.io's events; `load` makes them
            from the stored form, `save` brings them back.
    """

    group: str
    version: str
    kind: str
    plural: str
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL_VERBS
    refused: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    columns: tuple[Column, ...] = (NAME, CREATED)
    row: Callable[[Obj, float], list[Any]] = plain
    row_order: Callable[[Obj], Any] | None = None
    default: Callable[[Obj], None] = nothing
    validate: Callable[[Obj, Obj | None], list[Cause]] = no_causes
    validate_status: Callable[[Obj, Obj | None], list[Cause]] = no_causes
    parts: Mapping[str, Part] = field(default_factory=dict, hash=False)
    prepare: Callable[[Obj, Obj | None, Context], None] = no_preparation
    fields: Callable[[Obj], dict[str, str]] = no_fields
    warnings: Callable[[Obj, Obj | None], list[str]] = no_warnings
    generation: bool = False
    counts_annotations: bool = False
    unconditional_update: bool = True
    create_on_update: bool = False
    grace: Callable[[Obj, int | None], int | None] = at_once
    deprecated: str = ""
    returns_deleted: bool = False
    held: Callable[[Obj], bool] = not_held
    terminating: Callable[[Obj], None] = nothing
    kept_by_status: tuple[tuple[str, ...], ...] = (("f:spec",),)
    untracked: tuple[tuple[str, ...], ...] = ()
    structure: Type | None = field(default=None, compare=False, repr=False)
    scale: ScalePaths | None = None
    stored_as: tuple[str, str] | None = None
    load: Callable[[Obj], Obj] | None = None
    save: Callable[[Obj], Obj] | None = None
    api_version: str = field(init=False, compare=False, repr=False)
    """`v1`, `apps/v1`."""
    prefix: str = field(init=False, compare=False, repr=False)
    """Where the store keeps it: `/pods/`, `/apps/deployments/`."""

    def __post_init__(self) -> None:
        group, plural = self.stored_as or (self.group, self.plural)
        told = f"{self.group}/{self.version}" if self.group else self.version
        object.__setattr__(self, "api_version", told)
        object.__setattr__(self, "prefix", f"/{group}/{plural}/" if group else f"/{plural}/")

    @property
    def type(self) -> Type | None:
        """The structure of its objects."""
        return self.structure or kind(self.group, self.version, self.kind)

    @property
    def list_kind(self) -> str:
        """`PodList`."""
        return self.kind + "List"

    @property
    def qualified(self) -> str:
        """The resource as errors name it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """The kind as validation errors name it: `Pod`, `Deployment.apps`."""
        group = self.stored_as[0] if self.stored_as else self.group
        return f"{self.kind}.{group}" if group else self.kind

    @property
    def status(self) -> bool:
        """Whether it has a status subresource."""
        return "status" in self.subresources

    def key(self, name: str, namespace: str = "") -> str:
        """The store's key of one object."""
        return f"{self.prefix}{namespace}/{name}" if self.namespaced else f"{self.prefix}{name}"

    def scope(self, namespace: str = "") -> str:
        """The store's prefix of all objects, or those of one namespace."""
        return f"{self.prefix}{namespace}/" if self.namespaced and namespace else self.prefix


def metadata(obj: Obj) -> Obj:
    """The metadata in the order of Go's fields; custom objects are in order of keys."""
    if next(iter(obj)) == "kind":
        return obj["metadata"]  # type: ignore[no-any-return]
    return canonical(obj["metadata"], type_named("meta/v1.ObjectMeta"))  # type: ignore[no-any-return]
