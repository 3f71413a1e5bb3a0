"""Where the checkout is, and where it keeps what is outside version control."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("PCU_VAR") or CHECKOUT / "var").absolute()
