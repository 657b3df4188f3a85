"""
Profiles: the stored proxies, and which of them a run talks to.

profile  proxies and their credentials in one private JSON file
typed    their settings as a person types them
target   which proxy: `ROOT_ORDER`, the precedence as data
"""
