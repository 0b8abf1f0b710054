"""What `flask` and the web server start."""

import sys

from dashboard import create_app
from dashboard.config import WrongSetting

try:
    app = create_app()
except WrongSetting as wrong:
    sys.stderr.write(f"{wrong}\n")
    raise SystemExit(2) from None
