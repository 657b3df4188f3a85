"""
Any request to the proxy, and its answer as it came.

requesting  the request;  body: what `-d` and `-F` give
calling     sends it, and prints its answer and its pages
"""
