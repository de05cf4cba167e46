"""The kinds that are served, one value each: a new kind is one module and one line here."""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import (
    addresses,
    autoscaling,
    discovery,
    extensions,
    flowcontrol,
    networking,
    persistentvolumes,
    replicasets,
    scheduling,
    storage,
)
from podlab.embedded.apiserver.resources.attachments import ATTACHMENTS
from podlab.embedded.apiserver.resources.certificates import SIGNING_REQUESTS
from podlab.embedded.apiserver.resources.componentstatuses import BINDINGS, COMPONENT_STATUSES
from podlab.embedded.apiserver.resources.configuration import CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS
from podlab.embedded.apiserver.resources.cronjobs import CRON_JOBS
from podlab.embedded.apiserver.resources.daemonsets import DAEMON_SETS
from podlab.embedded.apiserver.resources.deployments import DEPLOYMENTS
from podlab.embedded.apiserver.resources.devices import DEVICES
from podlab.embedded.apiserver.resources.events import EVENTS, NEW_EVENTS
from podlab.embedded.apiserver.resources.jobs import JOBS
from podlab.embedded.apiserver.resources.leases import LEASES
from podlab.embedded.apiserver.resources.limitranges import LIMIT_RANGES
from podlab.embedded.apiserver.resources.namespaces import NAMESPACES
from podlab.embedded.apiserver.resources.nodes import NODES
from podlab.embedded.apiserver.resources.pods import PODS
from podlab.embedded.apiserver.resources.policy import DISRUPTION_BUDGETS
from podlab.embedded.apiserver.resources.quotas import RESOURCE_QUOTAS
from podlab.embedded.apiserver.resources.reviews import REVIEWS
from podlab.embedded.apiserver.resources.revisions import REVISIONS
from podlab.embedded.apiserver.resources.roles import RBAC
from podlab.embedded.apiserver.resources.services import SERVICES
from podlab.embedded.apiserver.resources.statefulsets import STATEFUL_SETS
from podlab.embedded.apiserver.resources.templates import POD_TEMPLATES

RESOURCES: tuple[Resource, ...] = (
    CONFIG_MAPS,
    EVENTS,
    NAMESPACES,
    NODES,
    persistentvolumes.CLAIMS,
    persistentvolumes.VOLUMES,
    PODS,
    POD_TEMPLATES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
    DEPLOYMENTS,
    LEASES,
    LIMIT_RANGES,
    RESOURCE_QUOTAS,
    NEW_EVENTS,
    *REVIEWS,
    replicasets.REPLICATION_CONTROLLERS,
    replicasets.REPLICA_SETS,
    STATEFUL_SETS,
    DAEMON_SETS,
    REVISIONS,
    JOBS,
    CRON_JOBS,
    discovery.ENDPOINTS,
    discovery.ENDPOINT_SLICES,
    DISRUPTION_BUDGETS,
    autoscaling.AUTOSCALERS,
    autoscaling.AUTOSCALERS_V1,
    networking.INGRESSES,
    networking.INGRESS_CLASSES,
    networking.NETWORK_POLICIES,
    addresses.IP_ADDRESSES,
    addresses.SERVICE_CIDRS,
    scheduling.RUNTIME_CLASSES,
    scheduling.PRIORITY_CLASSES,
    storage.STORAGE_CLASSES,
    storage.CSI_NODES,
    storage.CSI_DRIVERS,
    *ATTACHMENTS,
    BINDINGS,
    COMPONENT_STATUSES,
    SIGNING_REQUESTS,
    *RBAC,
    *DEVICES,
    flowcontrol.FLOW_SCHEMAS,
    flowcontrol.PRIORITY_LEVELS,
    *extensions.EXTENSIONS,
)
