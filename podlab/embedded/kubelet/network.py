"""The files that tell a container of the network: /etc/hosts and /etc/resolv.conf.

Upstream: pkg/kubelet/kubelet_pods.go (ensureHostsFile), pkg/kubelet/network/dns
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.kubelet.environment import domain, hostname

Obj = dict[str, Any]

LOCAL = """\
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
"""
NODES = """\
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
ff00::0\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
"""
"""What the node's own file says, which a Pod in its network sees."""
HOST = NODE_RESOLVER = "172.18.0.1"
"""The machine around the node: where clients come from, and names are asked for."""
GATEWAY = "10.244.0.1"
"""The node's end of the Pods' network: who asks, to a container, when the kubelet or the API server does."""
RESOLVER = "127.0.0.11:53"
"""Whom the kubelet itself asks for names: kind's nodes are containers of Docker's."""
CLUSTER_RESOLVER = "10.96.0.10"


def hosts(pod: Obj, ip: str) -> str:
    """The text of /etc/hosts."""
    names = (
        [domain(pod), str(pod["spec"].get("hostname") or pod["metadata"]["name"])] if domain(pod) else [hostname(pod)]
    )
    if pod["spec"].get("hostNetwork"):
        status = pod.get("status") or {}
        own = f"{status.get('hostIP') or ip}\t{pod['spec'].get('nodeName', '')}\n"
        text = f"# Kubernetes-managed hosts file (host network).\n{NODES}{own}"
    else:
        own = ip + "".join(f"\t{name}" for name in names) + "\n"
        text = f"# Kubernetes-managed hosts file.\n{LOCAL}{own}"
    aliases = pod["spec"].get("hostAliases") or []
    if aliases:
        rows = [f"{alias['ip']}\t{chr(9).join(alias.get('hostnames') or [])}\n" for alias in aliases]
        text += "\n# Entries added by HostAliases.\n" + "".join(rows)
    return text


def resolver(pod: Obj) -> str:
    """The text of /etc/resolv.conf."""
    spec, config = pod["spec"], pod["spec"].get("dnsConfig") or {}
    policy = spec.get("dnsPolicy", "ClusterFirst")
    if policy == "ClusterFirst" and spec.get("hostNetwork"):
        policy = "Default"
    servers: list[str] = []
    searches: list[str] = []
    options: dict[str, str | None] = {}
    if policy == "Default":
        servers = [NODE_RESOLVER]
    elif policy != "None":
        servers, options = [CLUSTER_RESOLVER], {"ndots": "5"}
        searches = [f"{pod['metadata']['namespace']}.svc.cluster.local", "svc.cluster.local", "cluster.local"]
    servers = list(dict.fromkeys([*servers, *(config.get("nameservers") or [])]))
    searches = list(dict.fromkeys([*searches, *(config.get("searches") or [])]))
    options |= {option["name"]: option.get("value") for option in config.get("options") or []}
    words = [name if value is None else f"{name}:{value}" for name, value in options.items()]
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {server}" for server in servers]
    lines += [f"options {' '.join(words)}"] if words else []
    return "".join(f"{line}\n" for line in lines)
