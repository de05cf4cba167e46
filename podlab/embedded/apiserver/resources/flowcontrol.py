"""FlowSchemas and PriorityLevelConfigurations: kept and shown; no request waits for another here.

Upstream: pkg/apis/flowcontrol/v1/defaults.go, pkg/apis/flowcontrol/validation/validation.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, NONE, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import flowschemas, metadata

GROUP = "flowcontrol.apiserver.k8s.io"

SCHEMA_COLUMNS = (
    NAME,
    Column("PriorityLevel", "`name` is the name of the priority level configuration being referenced Required."),
    Column(
        "MatchingPrecedence",
        "`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen "
        "FlowSchema is among those with the numerically lowest (which we take to be logically highest) "
        "MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence "
        "is not specified, it will be set to 1000 as default.",
    ),
    Column(
        "DistinguisherMethod",
        "`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. "
        "`nil` specifies that the distinguisher is disabled and thus will always be the empty string.",
    ),
    AGE,
    Column("MissingPL", "references a broken or non-existent PriorityLevelConfiguration"),
)
LEVEL_COLUMNS = (
    NAME,
    Column(
        "Type",
        "`type` indicates whether this priority level is subject to limitation on request execution.  A value of "
        '`"Exempt"` means that requests of this priority level are not subject to a limit (and thus are never '
        "queued) and do not detract from the capacity made available to other priority levels.  A value of "
        '`"Limited"` means that (a) requests of this priority level _are_ subject to limits and (b) some of the '
        "server's limited capacity is made available exclusively to this priority level. Required.",
    ),
    Column(
        "NominalConcurrencyShares",
        "`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) "
        "of this level. This is the number of execution seats available at this priority level. This is used both "
        "for requests dispatched from this priority level as well as requests dispatched from other priority levels "
        "borrowing seats from this level. The server's concurrency limit (ServerCL) is divided among the Limited "
        "priority levels in proportion to their NCS values:\n\nNominalCL(i)  = ceil( ServerCL * NCS(i) / sum_ncs ) "
        "sum_ncs = sum[priority level k] NCS(k)\n\nBigger numbers mean a larger nominal concurrency limit, at the "
        "expense of every other priority level.\n\nIf not specified, this field defaults to a value of "
        '30.\n\nSetting this field to zero supports the construction of a "jail" for this priority level that is '
        "used to hold some request(s)",
    ),
    Column(
        "Queues",
        "`queues` is the number of queues for this priority level. The queues exist independently at each apiserver. "
        "The value must be positive.  Setting it to 1 effectively precludes shufflesharding and thus makes the "
        "distinguisher method of associated flow schemas irrelevant.  This field has a default value of 64.",
    ),
    Column(
        "HandSize",
        "`handSize` is a small positive number that configures the shuffle sharding of requests into queues.  When "
        "enqueuing a request at this priority level the request's flow identifier (a string pair) is hashed and the "
        "hash value is used to shuffle the list of queues and deal a hand of the size specified here.  The request "
        "is put into one of the shortest queues in that hand. `handSize` must be no larger than `queues`, and should "
        "be significantly smaller (so that a few heavy flows do not saturate most of the queues).  See the "
        "user-facing documentation for more extensive guidance on setting this field.  This field has a default "
        "value of 8.",
    ),
    Column(
        "QueueLengthLimit",
        "`queueLengthLimit` is the maximum number of requests allowed to be waiting in a given queue of this "
        "priority level at a time; excess requests are rejected.  This value must be positive.  If not specified, it "
        "will be defaulted to 50.",
    ),
    AGE,
)


def schema_row(obj: Obj, now: float) -> list[Any]:
    """`?` where nobody has yet said whether its level exists.

    Upstream: pkg/printers/internalversion/printers.go (printFlowSchema)
    """
    name, spec, status = head(obj)
    dangling = next((c.get("status", "") for c in status.get("conditions") or [] if c.get("type") == "Dangling"), "?")
    method = (spec.get("distinguisherMethod") or {}).get("type", NONE)
    level = (spec.get("priorityLevelConfiguration") or {}).get("name", "")
    return [name, level, spec.get("matchingPrecedence", 0), method, age(obj, now), dangling]


def _precedence(obj: Obj) -> tuple[int, str]:
    """Who is matched first stands first. Upstream: staging/src/k8s.io/client-go's FlowSchemaSequence"""
    return (obj.get("spec") or {}).get("matchingPrecedence", 0), obj["metadata"]["name"]


def level_row(obj: Obj, now: float) -> list[Any]:
    """`<none>` where requests are not limited, or not queued.

    Upstream: pkg/printers/internalversion/printers.go (printPriorityLevelConfiguration)
    """
    name, spec, _ = head(obj)
    limited = spec.get("limited") or {}
    queuing = (limited.get("limitResponse") or {}).get("queuing") or {}
    queues = [queuing.get(key, NONE) for key in ("queues", "handSize", "queueLengthLimit")]
    return [name, spec.get("type", ""), limited.get("nominalConcurrencyShares", NONE), *queues, age(obj, now)]


def _schema(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec["matchingPrecedence"] = spec.get("matchingPrecedence") or 1000


def _level(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    if spec.get("type") == "Exempt":
        exempt = spec["exempt"] = dict(spec.get("exempt") or {})
        exempt.setdefault("nominalConcurrencyShares", 0)
        exempt.setdefault("lendablePercent", 0)
    limited = spec.get("limited")
    if limited is None:
        return
    limited.setdefault("nominalConcurrencyShares", 30)
    limited.setdefault("lendablePercent", 0)
    queuing = (limited.get("limitResponse") or {}).get("queuing")
    if queuing is not None:
        for key, value in (("queues", 64), ("handSize", 8), ("queueLengthLimit", 50)):
            queuing[key] = queuing.get(key) or value


def _validate_schema(obj: Obj, old: Obj | None) -> list[Cause]:
    return metadata.validate(obj, old) + flowschemas.spec(obj["metadata"].get("name", ""), obj.get("spec") or {})


def _validate_level(obj: Obj, old: Obj | None) -> list[Cause]:
    return metadata.validate(obj, old) + flowschemas.level(obj["metadata"].get("name", ""), obj.get("spec") or {})


FLOW_SCHEMAS = stored(
    GROUP,
    "FlowSchema",
    namespaced=False,
    status=True,
    generation=True,
    default=_schema,
    validate=_validate_schema,
    columns=SCHEMA_COLUMNS,
    row=schema_row,
    row_order=_precedence,
)
PRIORITY_LEVELS = stored(
    GROUP,
    "PriorityLevelConfiguration",
    namespaced=False,
    status=True,
    generation=True,
    default=_level,
    validate=_validate_level,
    columns=LEVEL_COLUMNS,
    row=level_row,
)
