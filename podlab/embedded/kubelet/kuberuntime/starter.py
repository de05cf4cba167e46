"""How one container gets started: image, configuration, creation, start, post-start hook.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer)
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.kubelet import environment, network
from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.environment import ConfigError
from podlab.embedded.kubelet.failure import Failure
from podlab.embedded.kubelet.imagemanager import known
from podlab.embedded.kubelet.kuberuntime import security
from podlab.embedded.kubelet.kuberuntime.hooks import HookFailed, run_hook
from podlab.embedded.kubelet.kuberuntime.killer import Killer
from podlab.embedded.kubelet.volumes import envfiles, mounts
from podlab.embedded.runtime import rootfs
from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.images import Image
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.machine import cgroups, executables
from podlab.embedded.runtime.machine.identity import identity
from podlab.embedded.runtime.machine.process import Processes
from podlab.embedded.runtime.permissions import ROOT
from podlab.embedded.runtime.runtime import Container, Sandbox
from podlab.embedded.runtime.volume import Mount

Obj = dict[str, Any]

CREATE, START = 0.025, 0.12
NO_UTF8 = "grpc: error unmarshalling request: string field contains invalid UTF-8"
"""Seconds that a creation and a start take."""


class Starter:
    """Starts the containers of one node's Pods, and tells of it in events."""

    def __init__(self, using: Dependencies, killer: Killer) -> None:
        self._using, self._killer = using, killer

    async def start(self, pod: Obj, container: Obj, sandbox: Sandbox, attempt: int, path: str) -> Container:
        """Start a container. Raises Failure, having told of it."""
        try:
            await self._pull_volumes(pod, container)
            image = await self._using.images.ensure(pod, container, path)
            made = await self._create(pod, container, sandbox, image, attempt, path)
            await self._begin(pod, container, made, path)
        except Failure as failure:
            self._using.recorder.warning(pod, "Failed", f"Error: {failure.told or failure.reason}", path)
            raise
        await self._post_start(pod, container, made, path)
        return made

    async def _pull_volumes(self, pod: Obj, container: Obj) -> None:
        """Pull the images that it mounts. Raises Failure. Upstream: kuberuntime_manager.go (getImageVolumes)"""
        mounted = {mount["name"] for mount in container.get("volumeMounts") or []}
        for volume in pod["spec"].get("volumes") or []:
            if "image" in volume and volume["name"] in mounted:
                source = volume["image"]
                wanted = {"image": source.get("reference", ""), "imagePullPolicy": source.get("pullPolicy")}
                await self._using.images.ensure(pod, wanted, "")

    # Creation and start

    async def _create(
        self, pod: Obj, container: Obj, sandbox: Sandbox, image: Image, attempt: int, path: str
    ) -> Container:
        try:
            made = self._configure(pod, container, sandbox, image, attempt)
        except ConfigError as error:
            raise Failure("CreateContainerConfigError", str(error), told=str(error)) from None
        if wrong := security.missing_profile(pod, container) or ("" if environment.sendable(made.env) else NO_UTF8):
            raise Failure("CreateContainerError", wrong, told=wrong)
        await self._using.clock.sleep(CREATE)
        self._using.runtime.add(made)
        self._using.recorder.normal(pod, "Created", "Container created", path)
        return made

    def _configure(self, pod: Obj, container: Obj, sandbox: Sandbox, image: Image, attempt: int) -> Container:
        if wrong := security.broken_policy(pod, container, image.user):
            raise ConfigError(wrong)
        using = self._using
        user = identity(pod, container, image.owner, image.group)
        env = environment.environment(
            pod,
            container,
            image,
            using.pods.lookup(pod),
            using.pods.services(pod),
            using.facts(sandbox.ip),
            image.home(user.uid),
            partial(envfiles.of_reference, pod, sandbox.volumes),
        )
        hostname = using.name if pod["spec"].get("hostNetwork") else environment.hostname(pod)
        read_only = security.read_only(container)
        message_path = container.get("terminationMessagePath", "/dev/termination-log")
        own = (*_etc(pod, sandbox, hostname, read_only), rootfs.one_file(message_path, b"", 0o666))
        volumes = mounts.of_container(pod, container, sandbox.volumes, env)
        return Container(
            using.runtime,
            sandbox,
            self._instance(container, image, attempt),
            image,
            rootfs.mounted(image, volumes, own, user=user, read_only=read_only),
            env,
            environment.command_line(container, image, env),
            hostname=hostname,
            user=user,
            memory_limit=memory_limit(container),
            settings=settings(pod, container),
            cwd=container.get("workingDir") or image.cwd,
            message_path=message_path,
            message_fallback=container.get("terminationMessagePolicy") == "FallbackToLogsOnError",
            stdin=bool(container.get("stdin")),
            stdin_once=bool(container.get("stdinOnce")),
            tty=bool(container.get("tty")),
            processes=self._processes(pod, container, sandbox),
        )

    def _processes(self, pod: Obj, container: Obj, sandbox: Sandbox) -> Processes | None:
        """The processes that a container is to join: the node's, its Pod's, or those of the one that it debugs."""
        if pod["spec"].get("shareProcessNamespace") or pod["spec"].get("hostPID"):
            sandbox.processes.of_node = bool(pod["spec"].get("hostPID"))
            return sandbox.processes
        found = self._using.runtime.newest(sandbox.uid, container.get("targetContainerName") or "")
        return found.processes if found else None

    def _instance(self, container: Obj, image: Image, attempt: int) -> Instance:
        return Instance(
            name=container["name"],
            id=self._using.registry.randomness.hex(64),
            image=image.reference,
            image_id=image.id,
            attempt=attempt,
            created_at=self._using.clock.now(),
            spec_image=container["image"],
        )

    def rebuild(self, pod: Obj, container: Obj, sandbox: Sandbox, instance: Instance) -> Container:
        """A container from what was kept of it, not running yet. Raises ConfigError."""
        made = self._configure(pod, container, sandbox, known(instance.image), instance.attempt)
        made.instance = instance
        return made

    async def _begin(self, pod: Obj, container: Obj, made: Container, path: str) -> None:
        await self._using.clock.sleep(START)
        await self._using.turns.take()
        wrong = mounts.misfit(pod, container, Files(made.files.root), made.files.mounts) or _no_directory(made)
        if not wrong:
            wrong = executables.missing(made.argv, made.image.commands, made.image.entrypoint, made.files, made.cwd)
        if wrong:
            message = OCI + wrong
            made.finish(128, "StartError", message)
            raise Failure("RunContainerError", message, told=message)
        made.instance.started_at = self._using.clock.now()
        made.begin()
        self._using.recorder.normal(pod, "Started", "Container started", path)

    async def _post_start(self, pod: Obj, container: Obj, made: Container, path: str) -> None:
        hook = (container.get("lifecycle") or {}).get("postStart")
        if not hook:
            return
        try:
            await run_hook(made, hook, container)
        except HookFailed:
            self._using.recorder.warning(pod, "FailedPostStartHook", "PostStartHook failed", path)
            await self._killer.kill_container(pod, container, made, "FailedPostStartHook", path)
            raise Failure("PostStartHookError", "PostStartHook failed") from None


def _etc(pod: Obj, sandbox: Sandbox, hostname: str, read_only: bool) -> tuple[Mount, ...]:
    """The files of /etc that the kubelet writes for each container."""
    return (
        rootfs.one_file("/etc/hosts", network.hosts(pod, sandbox.ip).encode()),
        rootfs.one_file("/etc/hostname", f"{hostname}\n".encode(), read_only=read_only),
        rootfs.one_file("/etc/resolv.conf", network.resolver(pod).encode(), read_only=read_only),
    )


def settings(pod: Obj, container: Obj) -> Mapping[str, bytes]:
    """What the kernel shows of a container's limits and its Pod's sysctls: path → content."""
    resources = container.get("resources") or {}
    limit, request = (quantity.milli((resources.get(key) or {}).get("cpu", "0")) for key in ("limits", "requests"))
    sysctls = (pod["spec"].get("securityContext") or {}).get("sysctls") or []
    told = {each["name"]: "\t".join(each["value"].split()) for each in sysctls}
    chosen = {f"/proc/sys/{name.replace('.', '/')}": f"{value}\n".encode() for name, value in told.items()}
    limits = cgroups.files(limit, request, memory_limit(container))
    return {**limits, **chosen} if chosen else limits


def memory_limit(container: Obj) -> int:
    """The bytes that a container may use; 0 for as many as there are."""
    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return quantity.whole(limit) if limit else 0


OCI = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: "
)


def _no_directory(made: Container) -> str:
    """Make the working directory, as the runtime does; the complaint if that cannot be."""
    files = made.files.seen_by(ROOT)
    files.read_only, files.now = False, float  # it is older than the container
    try:
        files.make_directory(posixpath.normpath(made.cwd), parents=True)
    except FileError as error:
        reason = "not a directory" if str(error) == "File exists" else str(error).lower()
        return f"error during container init: mkdir {made.cwd}: {reason}"
    return ""
