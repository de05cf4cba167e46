"""How one container gets started: image, configuration, creation, start, post-start hook.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer), pkg/kubelet/images/image_manager.go
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podlab.apimachinery import quantity
from podlab.embedded.kubelet import environment, network, volumes
from podlab.embedded.kubelet.environment import ConfigError
from podlab.embedded.kubelet.hooks import HookFailed, run_hook
from podlab.embedded.runtime import images, runtime
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.images import Image
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.identity import identity
from podlab.embedded.runtime.runtime import Container, Sandbox

if TYPE_CHECKING:
    from podlab.embedded.kubelet.kubelet import Kubelet

Obj = dict[str, Any]

PULL, CREATE, START = 0.024, 0.025, 0.12
"""Seconds that a pull from the simulated registry, a creation and a start take."""


@dataclass(frozen=True, slots=True)
class Failure(Exception):
    """A container that could not be started: the waiting reason, its message, and seconds of back-off left."""

    reason: str
    message: str
    wait: float = 0.0
    told: str = ""


class Starter:
    """Starts the containers of one node's Pods, and tells of it in events."""

    def __init__(self, kubelet: Kubelet) -> None:
        self.kubelet, self.clock = kubelet, kubelet.clock

    async def start(self, pod: Obj, container: Obj, sandbox: Sandbox, attempt: int, path: str) -> Container:
        """Start a container. Raises Failure, having told of it."""
        try:
            image = await self._image(pod, container, path)
            made = await self._create(pod, container, sandbox, image, attempt, path)
            await self._begin(pod, container, made, path)
        except Failure as failure:
            self.kubelet.recorder.warning(pod, "Failed", f"Error: {failure.told or failure.reason}", path)
            raise
        await self._post_start(pod, container, made, path)
        return made

    # Image

    async def _image(self, pod: Obj, container: Obj, path: str) -> Image:
        name, recorder = container["image"], self.kubelet.recorder
        try:
            reference = images.normalize(name)
        except images.InvalidName as error:
            message = f'Failed to apply default image tag "{name}": {error}'
            recorder.warning(pod, "InspectFailed", message, path)
            raise Failure("InvalidImageName", message) from None
        policy, present = container.get("imagePullPolicy", "IfNotPresent"), reference in self.kubelet.present
        if policy == "Never" and not present:
            message = f'Container image "{name}" is not present with pull policy of Never'
            recorder.warning(pod, "ErrImageNeverPull", message, path)
            raise Failure("ErrImageNeverPull", message)
        if present and policy != "Always":
            message = f'Container image "{name}" already present on machine and can be accessed by the pod'
            recorder.normal(pod, "Pulled", message, path)
            return _found(reference)
        return await self._pull(pod, name, reference, path)

    async def _pull(self, pod: Obj, name: str, reference: str, path: str) -> Image:
        recorder, backoff = self.kubelet.recorder, self.kubelet.image_backoff
        key, now = f"{pod['metadata']['uid']}_{name}", self.clock.now()
        if remaining := backoff.remaining(key, backoff.updated(key), now):
            message = f'Back-off pulling image "{name}"'
            recorder.normal(pod, "BackOff", message, path)
            why = self.kubelet.pull_errors.get(key, "")
            raise Failure("ImagePullBackOff", f"{message}: {why}" if why else message, remaining)
        recorder.normal(pod, "Pulling", f'Pulling image "{name}"', path)
        image = images.find(reference)
        took = PULL * self.kubelet.registry.randomness.uniform(0.8, 1.6)
        await self.clock.sleep(took if image else PULL / 3)
        if image is None:
            why = images.not_found(name, reference)
            recorder.warning(pod, "Failed", f'Failed to pull image "{name}": {why}', path)
            backoff.advance(key, now, self.clock.now())
            self.kubelet.pull_errors[key] = f"ErrImagePull: {why}"
            raise Failure("ErrImagePull", why)
        self.kubelet.keep_image(reference)
        text = f"{took * 1000:.0f}ms" if took < 1 else f"{took:.3f}s"
        message = f'Successfully pulled image "{name}" in {text} ({text} including waiting). '
        recorder.normal(pod, "Pulled", f"{message}Image size: {image.size} bytes.", path)
        return image

    # Creation and start

    async def _create(
        self, pod: Obj, container: Obj, sandbox: Sandbox, image: Image, attempt: int, path: str
    ) -> Container:
        try:
            made = self._configure(pod, container, sandbox, image, attempt)
        except ConfigError as error:
            raise Failure("CreateContainerConfigError", str(error), told=str(error)) from None
        await self.clock.sleep(CREATE)
        self.kubelet.runtime.add(made)
        self.kubelet.recorder.normal(pod, "Created", "Container created", path)
        return made

    def _configure(self, pod: Obj, container: Obj, sandbox: Sandbox, image: Image, attempt: int) -> Container:
        self._check_user(pod, container)
        kubelet = self.kubelet
        env = environment.environment(
            pod, container, image, kubelet.lookup(pod), kubelet.services(pod), kubelet.facts(sandbox.ip)
        )
        hostname = kubelet.name if pod["spec"].get("hostNetwork") else environment.hostname(pod)
        user = identity(pod, container)
        own = {
            "/etc/hosts": network.hosts(pod, sandbox.ip).encode(),
            "/etc/hostname": f"{hostname}\n".encode(),
            "/etc/resolv.conf": network.resolver(pod).encode(),
            container.get("terminationMessagePath", "/dev/termination-log"): b"",
        }
        limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
        instance = Instance(
            name=container["name"],
            id=kubelet.registry.randomness.hex(64),
            image=image.reference,
            image_id=image.id,
            attempt=attempt,
            created_at=self.clock.now(),
            spec_image=container["image"],
        )
        return Container(
            kubelet.runtime,
            sandbox,
            instance,
            image,
            runtime.mounted(
                image,
                volumes.mounts(container, sandbox.volumes),
                own,
                user=user.uid,
                read_only=bool((container.get("securityContext") or {}).get("readOnlyRootFilesystem")),
            ),
            env,
            environment.command_line(container, image, env),
            hostname=hostname,
            user=user,
            memory_limit=quantity.whole(limit) if limit else 0,
            cwd=container.get("workingDir", "/"),
            message_path=container.get("terminationMessagePath", "/dev/termination-log"),
            message_fallback=container.get("terminationMessagePolicy") == "FallbackToLogsOnError",
            stdin=bool(container.get("stdin") or container.get("tty")),  # a terminal that nobody types on never ends
            stdin_once=bool(container.get("stdinOnce")),
        )

    def rebuild(self, pod: Obj, container: Obj, sandbox: Sandbox, instance: Instance) -> Container:
        """A container from what was kept of it, not running yet. Raises ConfigError."""
        made = self._configure(pod, container, sandbox, _found(instance.image), instance.attempt)
        made.instance = instance
        return made

    def _check_user(self, pod: Obj, container: Obj) -> None:
        wanted = (pod["spec"].get("securityContext") or {}) | (container.get("securityContext") or {})
        if wanted.get("runAsNonRoot") and not wanted.get("runAsUser"):
            given = wanted.get("runAsUser") == 0
            why = (
                "container's runAsUser breaks non-root policy"
                if given
                else "container has runAsNonRoot and image will run as root"
            )
            meta = pod["metadata"]
            who = f'(pod: "{meta["name"]}_{meta["namespace"]}({meta["uid"]})", container: {container["name"]})'
            raise ConfigError(f"{why} {who}")

    async def _begin(self, pod: Obj, container: Obj, made: Container, path: str) -> None:
        await self.clock.sleep(START)
        wrong = _no_directory(made)
        if not wrong:
            wrong = executables.missing(made.argv, made.image.commands, made.image.entrypoint, made.files, made.cwd)
        if wrong:
            message = OCI + wrong
            made.finish(128, "StartError", message)
            raise Failure("RunContainerError", message, told=message)
        made.instance.started_at = self.clock.now()
        made.begin()
        self.kubelet.recorder.normal(pod, "Started", "Container started", path)

    async def _post_start(self, pod: Obj, container: Obj, made: Container, path: str) -> None:
        hook = (container.get("lifecycle") or {}).get("postStart")
        if not hook:
            return
        try:
            await run_hook(made, hook, container)
        except HookFailed:
            self.kubelet.recorder.warning(pod, "FailedPostStartHook", "PostStartHook failed", path)
            await self.kubelet.kill_container(pod, container, made, "FailedPostStartHook", path)
            raise Failure("PostStartHookError", "PostStartHook failed") from None


OCI = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: "
)


def _no_directory(made: Container) -> str:
    """Make the working directory, as the runtime does; the complaint if that cannot be."""
    try:
        made.files.make_directory(posixpath.normpath(made.cwd), parents=True)
    except FileError as error:
        reason = "not a directory" if str(error) == "File exists" else str(error).lower()
        return f"error during container init: mkdir {made.cwd}: {reason}"
    return ""


def _found(reference: str) -> Image:
    image = images.find(reference)
    assert image, reference
    return image
