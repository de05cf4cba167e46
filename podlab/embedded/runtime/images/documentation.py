"""Images that the pages of Kubernetes' own documentation start, where what they do is small: a row each.

Upstream: kubernetes/website content/en/{examples,docs/tutorials,docs/tasks}; GoogleCloudPlatform/
kubernetes-engine-samples; kubernetes/kubernetes test/images; vishh/stress; kubernetes/ingress-nginx images/echo
"""

from __future__ import annotations

from types import MappingProxyType

from podlab.embedded.runtime.images.commands import ALPINE
from podlab.embedded.runtime.images.files import DEBIAN
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.images.library import HUB, ON_ALPINE, naked, rows, server

SAMPLES, ARTIFACTS = "gcr.io/google-samples", "us-docker.pkg.dev/google-samples/containers/gke"
SERVER_JS = b"""// podlab simulates this program: it answers every request with the name of its Pod.
require('http').createServer((request, response) => {
  response.end(`Hello Kubernetes bootcamp! | Running on: ${process.env.HOSTNAME} | v=VERSION\\n`)
}).listen(8080)
"""
BOOTCAMP = {"NPM_CONFIG_LOGLEVEL": "info", "NODE_VERSION": "6.3.1"}


def _bootcamp(repository: str, version: str) -> list[Image]:
    files = {**DEBIAN, "/server.js": SERVER_JS.replace(b"VERSION", version.encode())}
    given = server("/bootcamp", "bash", "/bootcamp", "curl", "node", ports=(8080,), command=(), env=BOOTCAMP)
    return rows(repository, f"v{version}={version}", 80_000_000, **{**given, "files": MappingProxyType(files)})


DOCUMENTED: tuple[Image, ...] = (
    *_bootcamp(f"{SAMPLES}/kubernetes-bootcamp", "1"),
    *_bootcamp(f"{SAMPLES}/kubernetes-bootcamp", "2"),
    *_bootcamp(f"{HUB}/jocatalin/kubernetes-bootcamp", "1"),
    *_bootcamp(f"{HUB}/jocatalin/kubernetes-bootcamp", "2"),
    *rows(f"{SAMPLES}/hello-app", "1.0=1.0.0 2.0=2.0.0", 7_000_000, **naked("/hello-app", command=())),
    *rows(
        f"{ARTIFACTS}/hello-app",
        "1.0=1.0.0 2.0=2.0.0",
        7_000_000,
        **naked("/hello-app", command=()),
    ),
    *rows(
        f"{SAMPLES}/node-hello", "1.0", 250_000_000, **server("/node-hello", "bash", "/node-hello", "node", command=())
    ),
    *rows(f"{SAMPLES}/hello-go-gke", "1.0", 4_000_000, **naked("/hello-go", command=())),
    *rows(
        f"{HUB}/polinux/stress",
        "latest=1.0.4 1.0.4",
        4_000_000,
        **{**ON_ALPINE, "command": ("stress",), "commands": ALPINE | {"stress"}},
    ),
    *rows(f"{HUB}/vish/stress", "latest", 2_000_000, **naked("/stress", entrypoint=("/stress", "-logtostderr"))),
    *rows(
        "registry.k8s.io/echoserver",
        "1.4 1.8 1.9 1.10",
        37_000_000,
        **server("/echoserver", "bash", "/echoserver", "curl", command=(), ports=(8080,)),
    ),
    *rows(
        f"{ARTIFACTS}/gb-frontend",
        "v4=5.4 v5=5.6",
        170_000_000,
        **server("/gb-frontend", "bash", "/gb-frontend", "curl", command=(), ports=(80,)),
    ),
    *rows(
        f"{ARTIFACTS}/gb-redis-follower",
        "v1=6.0.5 v2=6.0.5",
        38_000_000,
        **server("/gb-redis-follower", "redis-cli", "/gb-redis-follower", command=(), ports=(6379,)),
    ),
    *rows(f"{HUB}/kicbase/echo-server", "1.0 latest=1.0", 5_000_000, **naked("/bin/echo-server", command=())),
    *rows("registry.k8s.io/hpa-example", "latest", 200_000_000, **server("", "apache2-foreground", "php", ports=(80,))),
    *rows("registry.k8s.io/goproxy", "0.1", 2_000_000, **naked("/goproxy", ports=(8080,))),
    *rows("registry.k8s.io/serve_hostname", "latest 1.1 1.4", 5_000_000, **naked("/serve_hostname", ports=(9376,))),
    *rows(
        "registry.k8s.io/etcd",
        "3.5.1-0=3.5.1 3.5.21-0=3.5.21",
        98_000_000,
        **naked("etcd", commands=frozenset(["etcd"]), entrypoint=(), command=("etcd",)),
    ),
    *rows(
        "quay.io/fluentd_elasticsearch/fluentd",
        "v2.5.1=2.5.1 v2.5.2=2.5.2 v3.0.0=3.0.0 v5.0.1=5.0.1",
        140_000_000,
        **server("", "fluentd", "bash"),
    ),
)
"""What tutorials and tasks run."""
