"""The kinds that are served, one value each: a new kind is one module and one line here."""

from __future__ import annotations

from ..resource import Resource
from .configuration import CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS
from .deployments import DEPLOYMENTS
from .events import EVENTS, NEW_EVENTS
from .leases import LEASES
from .namespaces import NAMESPACES
from .nodes import NODES
from .pods import PODS
from .reviews import REVIEWS
from .services import SERVICES
from .stored import STORED
from .templates import POD_TEMPLATES
from .workloads import WORKLOADS

RESOURCES: tuple[Resource, ...] = (
    CONFIG_MAPS,
    EVENTS,
    NAMESPACES,
    NODES,
    PODS,
    POD_TEMPLATES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
    DEPLOYMENTS,
    LEASES,
    NEW_EVENTS,
    *REVIEWS,
    *WORKLOADS,
    *STORED,
)
