"""
The virtual keys of the proxy.

key     one of them;  entries: an answer -> keys;  owner: whose it is
wishes  what a new one may;  refusals: the words of their routes
api     asks
"""
