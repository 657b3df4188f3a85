"""
Doctor: why does it not work, and what is to be done?

finding        one look at something;  group: several that need each other
program        the installation;  completion: of the shell;  files
target         which proxy;  transport: how it is asked;  variables;  credential: as whom
network        the way to the proxy;  service: how it is
acceptance     is what is sent accepted;  allowance: for which models
discovering    what the proxy lists now;  lists: what is kept of it
masking        what a stranger may read;  bundle: a report for a ticket

A finding is a name and a `yield`; nothing of it raises, and a group that needs another one is skipped
after a failure of that.
"""
