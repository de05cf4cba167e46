"""The cluster in one process: store, API server, scheduler, kubelet and controllers behind TLS on the loopback.

`python -m podlab.embedded --home DIR --name NAME` runs it in the foreground.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import json
import os
import secrets
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podlab.embedded import bootstrap
from podlab.embedded.addons import Addons
from podlab.embedded.apiserver.admission.chain import admit, check
from podlab.embedded.apiserver.app import App
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.paths import tokenrequest
from podlab.embedded.apiserver.paths.openapi.openapi import Documents
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import RESOURCES
from podlab.embedded.clock import Clock, Randomness, RealClock
from podlab.embedded.controllers import descriptors
from podlab.embedded.controllers.controlplane.signing import Issue
from podlab.embedded.kubelet.node.machine import CONTROL_PLANE_IP, machines
from podlab.embedded.network import controlplane
from podlab.embedded.network.router import ServiceRouter
from podlab.embedded.nodes import Nodes
from podlab.embedded.runtime.network.namespace import Listener
from podlab.embedded.scheduler.scheduler import Scheduler
from podlab.embedded.stepping import SteppingClock
from podlab.embedded.store import Store

COMPACT_EVERY = 300.0
"""Real seconds between compactions, as kube-apiserver's."""
TIDY_EVERY = 20.0
"""Real seconds between two looks at what connections have left."""
DOCUMENTS_AFTER = 3.0
"""Real seconds after which the OpenAPI documents are made, so that the first Pod has the machine to itself."""
TOKEN_KEY, AUTHORITY = "sa.key", "ca.crt"
"""The files of the key of tokens and of the authority's certificate, and where in the store they are without files."""
AUTHORITY_KEY = "ca.key"
HOST = "127.0.0.1"
STEPS_TO_READY = 200
"""Of a stepping clock, after which the cluster is used as it is."""


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    tainted = bool(node.get("spec", {}).get("taints"))
    return not tainted and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


class TokenSigner:
    """The key of ServiceAccount tokens; what is behind it is imported when the first token is.

    Args:
        path: the file of the key; where there is none, the key is put aside in the store, and no library is needed.
    """

    def __init__(self, path: Path | None, store: Store) -> None:
        self._path, self._store = path, store
        self._key: Any = None

    def _loaded(self) -> Any:
        if self._key is None:
            self._key = _key_of(self._path) if self._path and self._path.exists() else _key_in(self._store)
        return self._key

    def sign(self, data: bytes) -> bytes:
        """The signature of the bytes."""
        signature: bytes = self._loaded().sign(data)
        return signature

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature of the bytes is this key's."""
        return bool(self._loaded().verify(data, signature))

    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        found: dict[str, str] = self._loaded().jwk()
        return found


def _key_of(path: Path) -> Any:
    from podlab.embedded.serving import tokenkeys

    return tokenkeys.read(path)


def _key_in(store: Store) -> Any:
    from podlab.embedded.serving import plainkey

    kept = store.kept(TOKEN_KEY) or {"secret": f"{plainkey.fresh():x}"}
    store.keep(TOKEN_KEY, kept)
    return plainkey.PlainKey(int(kept["secret"], 16))


def _authority(home: Path | None, store: Store) -> str:
    """The certificate that Pods are to trust: a file's, or one that is made for a cluster without files."""
    if home:
        return (home / AUTHORITY).read_text(encoding="utf-8") if (home / AUTHORITY).exists() else ""
    from podlab.embedded.serving import plaincertificate

    kept = store.kept(AUTHORITY) or {"certificate": plaincertificate.authority(datetime.now(UTC))}
    store.keep(AUTHORITY, kept)
    return str(kept["certificate"])


def _signer(home: Path | None) -> Issue | None:
    """What signs certificates: without files, and in a cluster made before its authority's key was kept, nothing."""
    if home is None or not (home / AUTHORITY_KEY).exists():
        return None

    def issue(*asked: Any) -> bytes:
        from podlab.embedded.serving.signing import Signer

        return Signer(home / AUTHORITY, home / AUTHORITY_KEY).issue(*asked)

    return issue


class Core:
    """Everything but the socket: can be called in-process through `app`.

    Args:
        home: where the store and the keys are; None keeps all in memory, the tokens' key too.
        seed: makes uids, suffixes and container ids the same every time.
        workers: nodes beside the control plane.
        image: the bytes of a store to begin with, where all is kept in memory. Raises store.Unreadable.
    """

    def __init__(
        self,
        home: Path | None,
        name: str,
        *,
        clock: Clock,
        seed: int | None = None,
        token: str = "admin",
        workers: int = 0,
        image: bytes | None = None,
    ) -> None:
        self.name, self.clock = name, clock
        self.randomness = Randomness(seed)
        self.store = Store(home / "state.db" if home else ":memory:", image)
        self.registry = Registry(self.store, clock, RESOURCES, self.randomness, admit=admit, check=check)
        self.signer = TokenSigner(home / TOKEN_KEY if home else None, self.store)
        self.authenticator = Authenticator(self.registry, self.signer, token)
        self.documents = Documents(home / "openapi" if home else None, RESOURCES, self._custom)
        self.nodes = Nodes(self.registry, self.store, machines(name, workers), self._token)
        self.app = App(self.registry, self.authenticator, self.nodes, documents=self.documents, machines=self.nodes)
        self.certificate = _authority(home, self.store)
        self._sign = _signer(home)
        self._stops: list[Callable[[], object]] = []

    def _custom(self) -> list[Resource]:
        return [resource for resource in self.registry.resources.values() if resource.structure]

    def start(self, *, joining: bool = False) -> None:
        """Create what every cluster has, and let all parts go to work; workers that are `joining` by `nodes.join`."""
        new = not self.store.revision
        bootstrap.populate(self.registry, CONTROL_PLANE_IP)
        if new:
            self.store.compact(self.store.revision)  # nobody saw how it began: revision 1 is too old, as on any cluster
        network = self.nodes.network
        network.router = router = ServiceRouter(self.registry, self.nodes.addresses)
        secure = Listener("kube-apiserver", controlplane.SECURE_PORT, controlplane.handler(self.app), secure=True)
        network.node(CONTROL_PLANE_IP).bind(secure)
        router.start()
        (self.nodes.start_first if joining else self.nodes.start)()
        parts = (
            *descriptors.start(self.registry, self.certificate, self.authenticator.tokens.legacy, self._sign),
            Scheduler(self.registry),
            router,
            self.nodes,
        )
        self._stops = [part.stop for part in parts]

    async def ready(self) -> None:
        """Come back when the node is ready, where time would otherwise stand still until then."""
        if not isinstance(self.clock, SteppingClock):
            return
        nodes = self.registry.resource("nodes")
        for _ in range(STEPS_TO_READY):
            await self.clock.settle()
            if any(_is_ready(node) for node in self.registry.list(nodes)):
                return
            self.clock.step()

    def _token(self, pod: dict[str, Any], projection: dict[str, Any]) -> Callable[[], str]:
        """What signs the token in the files of a Pod. Upstream: pkg/kubelet/token/token_manager.go"""
        meta, account = pod["metadata"], pod["spec"].get("serviceAccountName", "default")
        found = self.registry.find(self.registry.resource("serviceaccounts"), account, meta["namespace"])
        if found is None:
            return str
        audiences = [projection["audience"]] if projection.get("audience") else []
        seconds = projection.get("expirationSeconds") or 3600
        bound = tokenrequest.with_node(self.registry, pod)
        return self.authenticator.tokens.unsigned(found, audiences, seconds, bound)

    def stop(self) -> None:
        """Stop everything; containers of a later start go on where these stood."""
        for stop in reversed(self._stops):
            stop()
        self.store.close()


def _number(path: Path, text: str) -> int:
    """What should be a number in a file of the cluster's. Raises OSError."""
    if not text.strip().isdecimal():
        raise OSError(errno.EINVAL, "there should be a number in it", str(path))
    return int(text)


class Server:
    """A cluster named `name` that keeps its state, certificates, token, port and number of nodes under `home`."""

    def __init__(
        self,
        home: Path,
        name: str,
        *,
        speed: float = 1.0,
        stepping: bool = False,
        seed: int | None = None,
        workers: int | None = None,
    ) -> None:
        self.home, self.name = home, name
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        clock: Clock = SteppingClock() if stepping else RealClock(speed)
        if not (home / TOKEN_KEY).exists():
            from podlab.embedded.serving import certificates

            certificates.ensure(home)
        self.token = self._kept("token", lambda: secrets.token_urlsafe(32))
        kept = _number(home / "workers", self._kept("workers", lambda: str(workers or 0)))
        self.core = Core(home, name, clock=clock, seed=seed, token=self.token, workers=kept)
        self.addons = self._addons()
        self._server: Any = None
        self._socket: socket.socket | None = None

    def _kept(self, file: str, make: Callable[[], str]) -> str:
        path = self.home / file
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(make(), encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()

    @property
    def address(self) -> str:
        """`https://127.0.0.1:PORT`, known once started."""
        assert self._socket
        return f"https://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def kubeconfig(self) -> Path:
        """The admin's kubeconfig, written on start."""
        return self.home / "kubeconfig"

    def _listen(self) -> socket.socket:
        """A socket on the port of this cluster, the same for life."""
        path = self.home / "port"
        wanted = _number(path, path.read_text(encoding="utf-8")) if path.exists() else 0
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, wanted))
        listening.listen(256)
        listening.setblocking(False)
        path.write_text(str(listening.getsockname()[1]), encoding="utf-8")
        return listening

    def _addons(self) -> Addons:
        first = next(iter(self.core.nodes.machines.values()))
        facts = {"cluster": self.name, "node": first.name, "address": first.ip}
        return Addons(self.core.registry, facts, self.core.certificate)

    def _begin(self) -> bool:
        """Let all parts go to work; whether the workers of a new cluster have yet to join."""
        new = not self.core.store.revision
        joining = new and len(self.core.nodes.machines) > 1 and not isinstance(self.core.clock, SteppingClock)
        self.core.start(joining=joining)
        self.addons.start()
        return joining

    def _serving(self) -> Any:
        """What serves connections."""
        import uvicorn

        from podlab.embedded.serving.connection import Connections
        from podlab.embedded.serving.handshake import WebSockets

        config = uvicorn.Config(
            self.core.app,
            http=Connections,
            ws=WebSockets,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            log_level="critical",  # of a client that is there to the end it would print a traceback
            access_log=False,
            server_header=False,
            date_header=False,
            ssl_certfile=str(self.home / "server.crt"),
            ssl_keyfile=str(self.home / "server.key"),
            ssl_ca_certs=str(self.home / AUTHORITY),
            ssl_cert_reqs=ssl.CERT_OPTIONAL,
            timeout_keep_alive=600,
            timeout_graceful_shutdown=0,
            ws_ping_interval=None,
            ws_max_size=16 * 1024 * 1024,
        )
        config.load()
        return uvicorn.Server(config)

    async def start(self) -> None:
        """Answer from now on; returns when the socket does."""
        from podlab.embedded.serving.connection import keep_small

        keep_small()
        self._socket = self._listen()
        joining = self._begin()
        self._server = self._serving()
        await self.core.ready()
        if joining:
            await self.core.nodes.join()
        self._write_kubeconfig()
        loop = asyncio.get_running_loop()
        loop.call_later(COMPACT_EVERY, self._compact, 0)
        loop.call_later(TIDY_EVERY, self._tidy, 0)
        if self.core.documents:
            loop.call_later(DOCUMENTS_AFTER, self.core.documents.prepare)

    async def serve(self) -> None:
        """Serve until stopped; `start` first."""
        await self._server.serve(sockets=[self._socket])
        self.addons.stop()
        self.core.stop()

    def stop(self) -> None:
        """Let `run` end."""
        if self._server:
            self._server.should_exit = True

    def _compact(self, revision: int) -> None:
        store = self.core.store
        if revision:
            store.compact(revision)
        asyncio.get_running_loop().call_later(COMPACT_EVERY, self._compact, store.revision)

    def _tidy(self, before: int) -> None:
        from podlab.embedded.serving import connection, memory

        turnover = connection.Connections.turnover
        before = turnover if memory.tidy(turnover - before) else before
        asyncio.get_running_loop().call_later(TIDY_EVERY, self._tidy, before)

    def _encoded(self, file: str) -> str:
        return base64.b64encode((self.home / file).read_bytes()).decode()

    def _admin(self) -> dict[str, str]:
        """How the administrator shows who he is: a token in a cluster that was made before he had a certificate."""
        if not (self.home / "admin.crt").exists():
            return {"token": self.token}
        return {
            "client-certificate-data": self._encoded("admin.crt"),
            "client-key-data": self._encoded("admin.key"),
        }

    def _write_kubeconfig(self) -> None:
        authority = self._encoded(AUTHORITY)
        context = f"podlab-{self.name}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": context, "cluster": {"certificate-authority-data": authority, "server": self.address}}
            ],
            "users": [{"name": context, "user": self._admin()}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "current-context": context,
            "preferences": {},
        }
        temporary = self.kubeconfig.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(config, indent=2), encoding="utf-8")
        temporary.replace(self.kubeconfig)
