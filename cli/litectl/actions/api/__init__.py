"""
Any request to the proxy, and its answer as it came.

calling  the request, its pages and its answer
body     what `-d` and `-F` give
"""
