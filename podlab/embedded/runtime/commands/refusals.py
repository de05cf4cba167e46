"""Commands that real images have and that podlab does not simulate: each says so, in one line, and fails."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from podlab.embedded.runtime.machine.stdio import Command, Io

EDITOR = "there is no screen to edit on; write files with cat, echo or sed, or edit them outside and use kubectl cp"
OFFLINE = "nothing outside the cluster can be reached, so nothing can be installed; use an image that has what you need"
DEVICE = "it needs a device or a kernel module of a real machine"
REASONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("vi", "vim", "nano", "ed"), EDITOR),
        **dict.fromkeys(("apt", "apt-get", "apk", "dpkg", "rpm", "pip", "npm"), OFFLINE),
        **dict.fromkeys(("fdisk", "losetup", "mke2fs", "mkswap", "insmod", "modprobe", "reboot", "poweroff"), DEVICE),
    }
)
USUAL = "a real container has it"
CODES: Mapping[str, int] = MappingProxyType({"apt-get": 100, "apt": 100})


def refusal(name: str) -> Command:
    """A command of this name that only says that it is not simulated."""

    async def run(io: Io, words: list[str]) -> int:
        return io.fail(f"{name}: podlab does not simulate this command: {REASONS.get(name, USUAL)}", CODES.get(name, 1))

    return run
