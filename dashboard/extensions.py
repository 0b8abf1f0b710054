"""The extensions, as instances and nothing else. Sign-in and its limits belong to one app: `dashboard.web.sign_in`."""

from flask_htmx import HTMX
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
htmx = HTMX()
migrate = Migrate()
