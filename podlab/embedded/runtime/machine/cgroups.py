"""What a container reads of its own limits under /sys/fs/cgroup, in both layouts that nodes have.

Upstream: pkg/kubelet/cm/helpers_linux.go (MilliCPUToShares, MilliCPUToQuota); values as kind's node shows them
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

PERIOD = 100_000
LEAST_QUOTA, LEAST_SHARES = 1000, 2
UNLIMITED = 9223372036854771712
USED = 1130496
PIDS = 28909
ROOT = "/sys/fs/cgroup"


@lru_cache(64)
def files(cpu_limit: int, cpu_request: int, memory_limit: int) -> Mapping[str, bytes]:
    """Path → content, for thousandths of a processor and bytes; 0 is no limit."""
    quota = max(LEAST_QUOTA, cpu_limit * PERIOD // 1000) if cpu_limit else -1
    shares = max(LEAST_SHARES, cpu_request * 1024 // 1000)
    rows = {
        "cpu/cpu.cfs_period_us": PERIOD, "cpu/cpu.cfs_quota_us": quota, "cpu/cpu.shares": shares,
        "cpuset/cpuset.cpus": "0-1", "memory/memory.limit_in_bytes": memory_limit or UNLIMITED,
        "memory/memory.usage_in_bytes": USED, "memory/memory.failcnt": 0, "pids/pids.max": PIDS, "pids/pids.current": 1,
        "cgroup.controllers": "cpuset cpu io memory pids", "cpu.max": f"{'max' if quota < 0 else quota} {PERIOD}",
        "memory.current": USED, "memory.max": memory_limit or "max", "memory.high": "max", "pids.max": PIDS,
        "pids.current": 1,
    }  # fmt: skip
    return MappingProxyType({f"{ROOT}/{name}": f"{value}\n".encode() for name, value in rows.items()})
