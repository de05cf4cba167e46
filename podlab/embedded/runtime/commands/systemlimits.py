"""Debian's `getconf`: what a program may count on.

Upstream: glibc's posix/getconf.c; values as the nginx image on kind has them
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.stdio import Io

VALUES: Mapping[str, str] = MappingProxyType(
    {
        "PAGE_SIZE": "4096", "PAGESIZE": "4096", "LONG_BIT": "64", "WORD_BIT": "32", "CHAR_BIT": "8",
        "ARG_MAX": "2097152", "CHILD_MAX": "96365", "CLK_TCK": "100", "OPEN_MAX": "20000", "HOST_NAME_MAX": "64",
        "LOGIN_NAME_MAX": "256", "NGROUPS_MAX": "65536", "IOV_MAX": "1024", "TTY_NAME_MAX": "32", "LINE_MAX": "2048",
        "INT_MAX": "2147483647", "INT_MIN": "-2147483648", "UINT_MAX": "4294967295", "SHRT_MAX": "32767",
        "LONG_MAX": "9223372036854775807", "ULONG_MAX": "18446744073709551615", "SSIZE_MAX": "32767",
        "_NPROCESSORS_CONF": str(kernel.PROCESSORS), "_NPROCESSORS_ONLN": str(kernel.PROCESSORS),
        "_PHYS_PAGES": str(kernel.MEMORY // 4), "_AVPHYS_PAGES": str(kernel.MEMORY // 8), "PATH": "/bin:/usr/bin",
        "GNU_LIBC_VERSION": "glibc 2.36", "GNU_LIBPTHREAD_VERSION": "NPTL 2.36", "_POSIX_VERSION": "200809",
        "_POSIX2_VERSION": "200809", "_XOPEN_VERSION": "700", "SYMLOOP_MAX": "undefined", "STREAM_MAX": "16",
        "PTHREAD_STACK_MIN": "16384", "PTHREAD_KEYS_MAX": "1024", "RTSIG_MAX": "32", "SEM_VALUE_MAX": "2147483647",
    }
)  # fmt: skip
OF_PATH: Mapping[str, str] = MappingProxyType(
    {"NAME_MAX": "255", "PATH_MAX": "4096", "PIPE_BUF": "4096", "LINK_MAX": "127", "MAX_CANON": "255"}
)
USAGE = "Usage: getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]"


async def getconf(io: Io, words: list[str]) -> int:
    """`getconf NAME [PATH] | -a`"""
    if words[:1] == ["-a"]:
        for name, value in {**OF_PATH, **VALUES}.items():
            io.say(f"{name:34} {value}")
        return 0
    name, table = words[0] if words else "", OF_PATH if words[1:] else VALUES
    if not words or len(words) > 2 or (name in OF_PATH and table is VALUES):
        return io.fail(USAGE, 2)
    if name not in table:
        return io.fail(f"getconf: Unrecognized variable `{name}'", 2)
    io.say(table[name])
    return 0
