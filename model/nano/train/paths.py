"""Where things lie; makes the page library importable."""

import sys
from pathlib import Path

CHECKPOINT = Path(__file__).resolve().parents[1]
PAGES = CHECKPOINT.parents[1] / "datasets" / "mini" / "pages"
sys.path.insert(0, str(PAGES))
