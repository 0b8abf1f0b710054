"""Purchase orders are drafted from the plan: one a supplier, over what somebody chose of it."""
