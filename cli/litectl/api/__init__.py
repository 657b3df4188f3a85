"""Any request of `api`: its path, its pages, how it ended. Pure."""
