"""An admin lets people in, gives them roles, helps them in again, and lets them go."""
