"""Images on the node: pulled by policy, with a back-off. Upstream: pkg/kubelet/images/image_manager.go"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.clock import Clock, Randomness
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.backoff import Backoff
from podlab.embedded.kubelet.checkpoints import Checkpoints
from podlab.embedded.kubelet.failure import Failure
from podlab.embedded.runtime import images
from podlab.embedded.runtime.images import Image, unsimulated

Obj = dict[str, Any]

PULL = 0.024
"""Seconds that a pull from the simulated registry takes."""


class ImageManager:
    """The images that one node has; `pulled` is called when there is one more."""

    def __init__(
        self,
        clock: Clock,
        randomness: Randomness,
        recorder: Recorder,
        checkpoints: Checkpoints,
        pulled: Callable[[], None],
    ) -> None:
        self._clock, self._randomness, self._recorder = clock, randomness, recorder
        self._checkpoints, self._pulled = checkpoints, pulled
        self._errors: dict[str, str] = {}
        self._backoff = Backoff()
        self.present: list[str] = list(images.PRESENT)

    def restore(self) -> None:
        """Have again what was pulled before the server went away."""
        self.present = self._checkpoints.images() or self.present

    def forget(self, uid: str) -> None:
        """A Pod is gone."""
        self._backoff.forget(uid)

    async def ensure(self, pod: Obj, container: Obj, path: str) -> Image:
        """The image that a container starts from. Raises Failure, having told of it."""
        name, recorder = container["image"], self._recorder
        try:
            reference = images.normalize(name)
        except images.InvalidName as error:
            message = f'Failed to apply default image tag "{name}": {error}'
            recorder.warning(pod, "InspectFailed", message, path)
            raise Failure("InvalidImageName", message) from None
        policy, present = container.get("imagePullPolicy", "IfNotPresent"), reference in self.present
        if policy == "Never" and not present:
            message = f'Container image "{name}" is not present with pull policy of Never'
            recorder.warning(pod, "ErrImageNeverPull", message, path)
            raise Failure("ErrImageNeverPull", message)
        if present and policy != "Always":
            message = f'Container image "{name}" already present on machine and can be accessed by the pod'
            recorder.normal(pod, "Pulled", message, path)
            return known(reference)
        return await self._pull(pod, name, reference, path)

    async def _pull(self, pod: Obj, name: str, reference: str, path: str) -> Image:
        recorder, backoff = self._recorder, self._backoff
        key, now = f"{pod['metadata']['uid']}_{name}", self._clock.now()
        if remaining := backoff.remaining(key, backoff.updated(key), now):
            message = f'Back-off pulling image "{name}"'
            recorder.normal(pod, "BackOff", message, path)
            why = self._errors.get(key, "")
            raise Failure("ImagePullBackOff", f"{message}: {why}" if why else message, remaining)
        recorder.normal(pod, "Pulling", f'Pulling image "{name}"', path)
        image = images.find(reference)
        took = PULL * self._randomness.uniform(0.8, 1.6)
        await self._clock.sleep(took if image else PULL / 3)
        if image is None:
            why = images.not_found(name, reference)
            recorder.warning(pod, "Failed", f'Failed to pull image "{name}": {why}', path)
            if key not in self._errors and unsimulated.may_exist(reference):
                recorder.warning(pod, "ImageNotSimulated", unsimulated.explained(name), path)
            backoff.advance(key, now, self._clock.now())
            self._errors[key] = f"ErrImagePull: {why}"
            raise Failure("ErrImagePull", why)
        self._keep(reference)
        text = f"{took * 1000:.0f}ms" if took < 1 else f"{took:.3f}s"
        message = f'Successfully pulled image "{name}" in {text} ({text} including waiting). '
        recorder.normal(pod, "Pulled", f"{message}Image size: {image.size} bytes.", path)
        return image

    def _keep(self, reference: str) -> None:
        if reference not in self.present:
            self.present.append(reference)
            self._checkpoints.keep_images(self.present)
            self._pulled()


def known(reference: str) -> Image:
    """The image of a reference that the node has."""
    image = images.find(reference)
    assert image, reference
    return image
