"""The proxy on the wire: HTTP, TLS, the streams of answers, and the root that all routes hang off."""
