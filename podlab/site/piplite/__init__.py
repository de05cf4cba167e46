"""In the place of JupyterLite's `piplite`, which would install more packages: the site brings all that there is.

The kernel imports this first of all. The folder of the notebook stands first in `sys.path`; it lies on a drive that
takes some hundredths of a second to answer, and would be asked for each module: it comes last.
"""

from __future__ import annotations

import sys

if "" in sys.path:
    sys.path.remove("")
    sys.path.append("")
