"""A room of learners on one cluster: each has a seat, a namespace that nobody else can reach."""

from __future__ import annotations
