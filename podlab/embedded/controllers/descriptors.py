"""The controllers that run, one a line. Upstream: cmd/kube-controller-manager/app/controllermanager.go"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.controllers.clusterroleaggregation import ClusterRoleAggregation
from podlab.embedded.controllers.controlplane.apiservices import APIServices
from podlab.embedded.controllers.controlplane.flowschemas import FlowSchemas
from podlab.embedded.controllers.controlplane.serviceaddresses import ServiceAddresses
from podlab.embedded.controllers.controlplane.signing import Issue, SigningRequests
from podlab.embedded.controllers.cronjob.cronjob import CronJobs
from podlab.embedded.controllers.customresources import CustomResources
from podlab.embedded.controllers.daemon.daemonset import DaemonSets
from podlab.embedded.controllers.deployment.deployment import Deployments
from podlab.embedded.controllers.endpoints.endpoints import Endpoints
from podlab.embedded.controllers.endpoints.endpointslices import EndpointSlices
from podlab.embedded.controllers.endpoints.mirroring import EndpointSliceMirroring
from podlab.embedded.controllers.expiry import EventExpiry
from podlab.embedded.controllers.garbagecollector import GarbageCollector
from podlab.embedded.controllers.job.job import Jobs
from podlab.embedded.controllers.job.ttl import TTLAfterFinished
from podlab.embedded.controllers.namespace import NamespaceLifecycle, ServiceAccounts
from podlab.embedded.controllers.nodelifecycle import NodeLifecycle
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.podautoscaler.horizontal import HorizontalPodAutoscalers
from podlab.embedded.controllers.poddisruption import PodDisruptionBudgets
from podlab.embedded.controllers.podgc import PodGarbageCollector
from podlab.embedded.controllers.replicaset.replicaset import Replicas
from podlab.embedded.controllers.resourcequota import ResourceQuotas
from podlab.embedded.controllers.serviceaccounttokens import ServiceAccountTokens
from podlab.embedded.controllers.statefulset.statefulset import StatefulSets
from podlab.embedded.controllers.tainteviction import TaintEviction
from podlab.embedded.controllers.volume.binder import VolumeBinder
from podlab.embedded.controllers.volume.ephemeral import EphemeralVolumes
from podlab.embedded.controllers.volume.protection import VolumeProtection
from podlab.embedded.controllers.volume.provisioner import LocalPathProvisioner


class Part(Protocol):
    """What runs from the moment it is made."""

    def stop(self) -> None:
        """Stop watching and working."""


@dataclass(frozen=True, slots=True)
class ControllerContext:
    """What controllers are made with.

    Attributes:
        certificate: the cluster's root certificate, for every namespace's ConfigMap.
        issue: the token of a ServiceAccount for a Secret.
        sign: a certificate for a CertificateSigningRequest; None where the cluster has no key for it.
        pods: which controller owns which Pods; one index for all that ask.
    """

    registry: Registry
    certificate: str
    issue: Callable[[Obj, Obj], str]
    sign: Issue | None
    pods: Owned


CONTROLLERS: tuple[Callable[[ControllerContext], Part], ...] = (
    lambda context: ServiceAccounts(context.registry, context.certificate),
    lambda context: ServiceAccountTokens(context.registry, context.certificate, context.issue),
    lambda context: NamespaceLifecycle(context.registry),
    lambda context: GarbageCollector(context.registry),
    lambda context: ClusterRoleAggregation(context.registry),
    lambda context: CustomResources(context.registry),
    lambda context: APIServices(context.registry),
    lambda context: FlowSchemas(context.registry),
    lambda context: ServiceAddresses(context.registry),
    lambda context: SigningRequests(context.registry, context.sign),
    lambda context: EventExpiry(context.registry),
    lambda context: PodGarbageCollector(context.registry),
    lambda context: ResourceQuotas(context.registry),
    lambda context: NodeLifecycle(context.registry),
    lambda context: TaintEviction(context.registry),
    lambda context: Deployments(context.registry, context.pods),
    lambda context: Replicas(context.registry, context.pods, "replicasets.apps"),
    lambda context: Replicas(context.registry, context.pods, "replicationcontrollers"),
    lambda context: Jobs(context.registry, context.pods),
    lambda context: CronJobs(context.registry),
    lambda context: TTLAfterFinished(context.registry),
    lambda context: StatefulSets(context.registry, context.pods),
    lambda context: DaemonSets(context.registry, context.pods),
    lambda context: HorizontalPodAutoscalers(context.registry),
    lambda context: PodDisruptionBudgets(context.registry),
    lambda context: VolumeBinder(context.registry),
    lambda context: EphemeralVolumes(context.registry),
    lambda context: VolumeProtection(context.registry),
    lambda context: LocalPathProvisioner(context.registry),
    lambda context: EndpointSlices(context.registry),
    lambda context: Endpoints(context.registry),
    lambda context: EndpointSliceMirroring(context.registry),
)


def start(
    registry: Registry, certificate: str, issue: Callable[[Obj, Obj], str], sign: Issue | None = None
) -> list[Part]:
    """Let all controllers go to work; they are stopped in the opposite order."""
    pods = Owned(registry, "pods")
    context = ControllerContext(registry, certificate, issue, sign, pods)
    return [pods, *(make(context) for make in CONTROLLERS)]
