"""
The skills that the proxy offers.

skill     Skill, and its three origins;  rows: entries of their routes -> Skills
hub, api  ask one origin;  listing: asks all;  inventory: what came of it
cache     the last list, kept for TAB and --offline
prompt    what a model is told;  refusals: the words of their routes
places    where the files are;  files: fetched;  archive: a zip, checked;  unpacking: written
folder    a folder to be sent (frontmatter);  sources: a place for the hub
changing  create, delete, enable, disable: each sent once
"""
