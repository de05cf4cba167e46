"""`pytest -p podlab.testing.imports`: each process of a test run starts a second of work sooner.

nbval imports nbformat, that jsonschema, and that builds 39 parsers for checks of IRIs that no notebook asks for;
jsonschema goes on without.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))
