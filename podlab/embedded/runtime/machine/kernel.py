"""What the simulated machine under all containers is."""

from __future__ import annotations

VERSION = "6.18.44-fc-v669"
BUILD = "#1 SMP PREEMPT_DYNAMIC @0"
PROCESSORS = 2
MEMORY = 24684096
"""KiB."""
