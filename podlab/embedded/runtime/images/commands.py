"""The programs that images have."""

from __future__ import annotations

_COREUTILS = """
[ awk base64 basename bash cat chmod chown cp cut date dirname du echo egrep env expr false fgrep find grep head
hostname id kill ln ls md5sum mkdir mktemp mv nl nohup nproc printenv printf pwd readlink realpath rm rmdir sed seq
sh sha1sum sha256sum sleep sort stat tac tail tar tee test timeout touch tr true truncate tty uname uniq wc which
whoami xargs yes
"""
_ONLY_BUSYBOX = """
[[ ash busybox free nslookup pidof ping ps rev uptime wget
"""
COREUTILS = frozenset(_COREUTILS.split())
"""In images made of Debian."""
BUSYBOX = COREUTILS - {"bash", "nohup"} | frozenset(_ONLY_BUSYBOX.split())
"""In images of busybox."""
