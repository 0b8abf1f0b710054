"""A stranger recomputes the reports from the kit's files and `docs/definitions.md`, in plain Python."""
