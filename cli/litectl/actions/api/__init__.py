"""Any request to the proxy, and its answer as it came."""
