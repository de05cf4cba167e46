"""The kinds that are served, one value each: a new kind is one module and one line here."""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources.configuration import CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS
from podlab.embedded.apiserver.resources.deployments import DEPLOYMENTS
from podlab.embedded.apiserver.resources.events import EVENTS, NEW_EVENTS
from podlab.embedded.apiserver.resources.leases import LEASES
from podlab.embedded.apiserver.resources.namespaces import NAMESPACES
from podlab.embedded.apiserver.resources.nodes import NODES
from podlab.embedded.apiserver.resources.pods import PODS
from podlab.embedded.apiserver.resources.reviews import REVIEWS
from podlab.embedded.apiserver.resources.services import SERVICES
from podlab.embedded.apiserver.resources.stored import STORED
from podlab.embedded.apiserver.resources.templates import POD_TEMPLATES
from podlab.embedded.apiserver.resources.workloads import WORKLOADS

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
