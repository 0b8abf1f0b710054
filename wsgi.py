"""What `flask` and the web server start."""

from dashboard import create_app

app = create_app()
