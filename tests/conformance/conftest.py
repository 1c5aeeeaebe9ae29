"""The toy venue of these tests is Acme, the one of the tutorial "add a venue"."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "exchangekit-acme"))
