"""Any context of an existing kubeconfig, in one namespace of podlab's own; nothing outside it is touched."""

from __future__ import annotations

import copy
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml

from podlab.clusters import state
from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.machine import reach
from podlab.clusters.progress import Report
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.text import Text

NAMESPACE = "podlab"
LABEL = ("app.kubernetes.io/managed-by", "podlab")


class Context:
    """The provider for one context of the person's own kubeconfig; `confirmed` once a person has agreed to its use."""

    def __init__(self, context: str | None = None, confirmed: bool = False) -> None:
        self.context = context
        self.confirmed = confirmed

    def find(self) -> list[Cluster]:
        """Those that `podlab up` was told of."""
        return [cluster for cluster in state.clusters() if cluster.kind == "context"]

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Copy the context into a kubeconfig of podlab's own, and make its namespace there.

        Raises:
            Unconfirmed: it is used for the first time, and nobody agreed.
            ClusterError: there is no such context, or its namespace is somebody else's.
        """
        context = self.context or self._remembered(name)
        config = extract(find_context(context), context, NAMESPACE)
        if not self.confirmed and state.cluster_named(name) is None:
            raise _unconfirmed(context, config)
        cluster = Cluster(name, "context", state.kubeconfig_path(name), context, NAMESPACE)
        state.folder(name).mkdir(mode=0o700, parents=True, exist_ok=True)
        state.write(cluster.kubeconfig, yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
        report(str(Text(ko="네임스페이스 {name} 준비", en="Preparing the namespace {name}").format(name=NAMESPACE)))
        try:
            _own_namespace(cluster)
        except BaseException:
            if state.cluster_named(name) is None:
                state.forget(name)
            raise
        state.remember(cluster)
        return cluster

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """Delete podlab's namespace, if it is podlab's, and forget the context; the cluster itself stays."""
        from podlab.client import Client

        report(
            str(Text(ko="네임스페이스 {name} 삭제", en="Deleting the namespace {name}").format(name=cluster.namespace))
        )
        path = f"/api/v1/namespaces/{cluster.namespace}"
        try:
            client = Client(cluster.kubeconfig)
            if is_ours(client.request("GET", path).json()):
                client.request("DELETE", path)
        except ApiError as error:
            if error.code not in (404,):
                raise
        except ClusterError as error:  # it is gone, or its kubeconfig is: there is nothing left to delete
            report(str(GONE.format(name=cluster.name, why=str(error).splitlines()[0])))
        state.forget(cluster.name)

    def _remembered(self, name: str) -> str:
        cluster = state.cluster_named(name)
        if cluster is None or cluster.context is None:
            raise _no_context(name, [])
        return cluster.context


GONE = Text(
    ko="{name}에 닿을 수 없어 podlab의 기억에서만 지웁니다 ({why})",
    en="{name} is out of reach and only forgotten ({why})",
)


class Unconfirmed(ClusterError):
    """A context is to be used for the first time: a person must see which cluster it is."""


def name_for(context: str) -> str:
    """A cluster's name for the context: what of it a name may hold."""
    return re.sub(r"[^a-z0-9]+", "-", context.lower()).strip("-")[:49].strip("-") or "context"


def find_context(context: str) -> tuple[dict[str, Any], Path]:
    """The kubeconfig that has the context (of KUBECONFIG's list, else `~/.kube/config`), and where it lies.

    Raises:
        ClusterError: none has it.
    """
    listed = [Path(part) for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    own = state.home() / "clusters"  # in a lesson KUBECONFIG names a file of ours
    theirs = [path for path in listed if own not in path.absolute().parents]
    names: list[str] = []
    for path in theirs or [Path.home() / ".kube" / "config"]:
        config = reach.load(path)
        here = [str(item.get("name")) for item in config.get("contexts") or []]
        if context in here:
            return config, path.parent.absolute()
        names += here
    raise _no_context(context, names)


def extract(found: tuple[dict[str, Any], Path], context: str, namespace: str) -> dict[str, Any]:
    """A kubeconfig of this context alone, in the namespace, its files named so that it can lie anywhere.

    Raises:
        ClusterError: the context names a cluster or a user that is not there.
    """
    config, folder = found
    try:
        entry = reach.entry(config, context)
    except KeyError as missing:
        raise ClusterError(f"context {context!r}: the kubeconfig has no {missing}") from missing
    names = {"cluster": entry.context["cluster"], **({"user": entry.context["user"]} if entry.user else {})}
    cluster, user = copy.deepcopy(entry.cluster), copy.deepcopy(entry.user)
    for part in (cluster, user):
        for key in ("certificate-authority", "client-certificate", "client-key", "tokenFile"):
            if part.get(key):
                part[key] = str(folder / part[key])
    command = (user.get("exec") or {}).get("command", "")
    if "/" in command:
        user["exec"]["command"] = str(folder / command)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": names["cluster"], "cluster": cluster}],
        "users": [{"name": names["user"], "user": user}] if entry.user else [],
        "contexts": [{"name": context, "context": names | {"namespace": namespace}}],
        "current-context": context,
    }


def is_ours(namespace: dict[str, Any]) -> bool:
    """Whether podlab made the namespace."""
    return (namespace["metadata"].get("labels") or {}).get(LABEL[0]) == LABEL[1]


def _own_namespace(cluster: Cluster) -> None:
    from podlab.client import Client

    client = Client(cluster.kubeconfig)
    metadata = {"name": cluster.namespace, "labels": dict([LABEL])}
    try:
        client.request(
            "POST", "/api/v1/namespaces", body={"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        )
    except ApiError as error:
        if error.code != 409:
            raise
        if not is_ours(client.request("GET", f"/api/v1/namespaces/{cluster.namespace}").json()):
            raise ClusterError(
                Text(
                    ko="{context}에 네임스페이스 {name}{이/가} 이미 있고, podlab이 만든 것이 아닙니다",
                    en="{context} has a namespace {name} already, and podlab did not make it",
                ).format(context=cluster.context, name=cluster.namespace),
                Text(
                    ko="podlab은 자기 것이 아닌 네임스페이스를 건드리지 않습니다. 다른 클러스터를 쓰십시오",
                    en="podlab touches no namespace that is not its own. Use another cluster",
                ),
            ) from error


def _unconfirmed(context: str, config: dict[str, Any]) -> Unconfirmed:
    entry = config["contexts"][0]["context"]
    return Unconfirmed(
        Text(
            ko="처음 쓰는 컨텍스트 {context}: 클러스터 {cluster} ({server}), 사용자 {user}, 네임스페이스 {namespace}",
            en="first use of the context {context}: cluster {cluster} ({server}), user {user}, namespace {namespace}",
        ).format(
            context=context,
            cluster=entry["cluster"],
            server=config["clusters"][0]["cluster"].get("server", "?"),
            user=_identity(config) or entry.get("user", "-"),
            namespace=NAMESPACE,
        ),
        Text(
            ko="이 클러스터에 그 네임스페이스를 만들어 써도 되면: podlab up --cluster context:{context} --yes",
            en="if that namespace may be made and used there: podlab up --cluster context:{context} --yes",
        ).format(context=context),
    )


def _identity(config: dict[str, Any]) -> str:
    """Who the server says this kubeconfig is, its impersonation included; "" where it does not tell."""
    from podlab.client import Client

    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        try:
            client = Client(path, request_timeout=5.0)
            answer = client.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body=body).json()
        except PodlabError:
            return ""
    return str(((answer.get("status") or {}).get("userInfo") or {}).get("username") or "")


def _no_context(context: str, names: list[str]) -> ClusterError:
    listed = ", ".join(names)
    return ClusterError(
        Text(ko="컨텍스트 {name!r}{이/가} 없습니다", en="there is no context {name!r}").format(name=context),
        Text(
            ko=f"있는 컨텍스트: {listed}"
            if names
            else "kubeconfig에 컨텍스트가 없습니다 (KUBECONFIG 또는 ~/.kube/config)",
            en=f"there are: {listed}" if names else "the kubeconfig has no contexts (KUBECONFIG, or ~/.kube/config)",
        ),
    )
