"""The files of the simulated node, and whether a hostPath volume finds there what it asks for.

Upstream: pkg/volume/hostpath/host_path.go
"""

from __future__ import annotations

import posixpath
from typing import Any

from podlab.embedded.runtime.images.system import KUBERNETES
from podlab.embedded.runtime.volume import Volume

Obj = dict[str, Any]

DIRECTORIES = """
    /bin /boot /dev /etc/kubernetes/manifests /home /kind /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys
    /tmp /usr /var/lib/kubelet/pods /var/lib/containerd /var/log/containers /var/log/pods /var/run /var/tmp
"""
FILES = {
    "/etc/os-release": b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
    "/etc/resolv.conf": b"nameserver 172.18.0.1\noptions ndots:0\n",
}
SOCKETS = ("/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty")
WORDS = {
    "Directory": "directory",
    "File": "file",
    "Socket": "socket file",
    "CharDevice": "character device",
    "BlockDevice": "block device",
}


HOSTS = """127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
ff00::0\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
{ip}\t{name}
"""


def new_node(name: str = "node", ip: str = "172.18.0.2") -> Volume:
    """A node's file system, as it is made."""
    root = Volume(mode=0o755)
    for path in DIRECTORIES.split():
        root.make_directory(path)
    own = {"/etc/hostname": f"{name}\n", "/etc/hosts": HOSTS.format(ip=ip, name=name), "/kind/version": KUBERNETES}
    for path, data in {**FILES, **{path: text.encode() for path, text in own.items()}}.items():
        root.put(path, data)
    root.modes |= {"/tmp": 0o1777, "/var/tmp": 0o1777}
    return root


def prepare(source: Obj, node: Volume) -> None:
    """Make what a hostPath volume wants made. Raises LookupError where the node has not what the type asks for."""
    path, kind = posixpath.normpath(source["path"]), source.get("type") or ""
    directory = path == "/" or (path in node.entries and node.entries[path] is None)
    file = node.entries.get(path) is not None
    if kind in WORDS:
        there = {"Directory": directory, "File": file, "Socket": path in SOCKETS, "CharDevice": path in DEVICES}
        if not there.get(kind):
            raise LookupError(f"hostPath type check failed: {source['path']} is not a {WORDS[kind]}")
    elif kind == "FileOrCreate" and not file:
        if directory:
            raise LookupError(f"hostPath type check failed: {source['path']} is not a file")
        parent = posixpath.dirname(path)
        if parent != "/" and parent not in node.entries:
            raise LookupError(f"open {source['path']}: no such file or directory")
        node.put(path, b"")
    elif kind == "DirectoryOrCreate" and file:
        raise LookupError(f"hostPath type check failed: {source['path']} is not a directory")
    elif not file:
        node.make_directory(path)
