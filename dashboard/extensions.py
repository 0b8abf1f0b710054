"""The extensions, as instances and nothing else."""

from flask_htmx import HTMX
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
htmx = HTMX()
limiter = Limiter(get_remote_address)
migrate = Migrate()
security = Security()
