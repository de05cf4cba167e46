"""The simulated registry and its images."""

from __future__ import annotations

from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.images.reference import InvalidName, normalize, not_found
from podlab.embedded.runtime.images.registry import IMAGES, PRESENT, find

__all__ = ["IMAGES", "PRESENT", "Image", "InvalidName", "find", "normalize", "not_found"]
