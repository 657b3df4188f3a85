"""
What is there: the models a proxy offers, discovered, merged and cached for 24 hours.

discovery     STEPS: which route is asked when; how each ended
entries       an entry of each of four routes -> a `Deployment`;  filling: what a group tells
wildcards     the names behind `openai/*`
merge         the deployments of one name -> a `Model`;  rows: both of them
guesses       what only the name suggests;  families: whose model it is;  modes: what it is for
details       what all deployments take; who told what;  overrides: what the profile knows better
catalog       the list, whole;  selection: which models to show;  differences: between two lists
cache         one file (cachefile) per fingerprint;  replacement: may a new list take the place of the old
background    the detached refresh;  refused: parameters that a model was seen to refuse

A new route is a reader in `entries` and a line in `STEPS`. A new fact is a field of `Deployment`, a reader,
and, when it is to be listed, a field of `Model` and a rule in `merge`.
"""
