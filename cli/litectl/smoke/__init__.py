"""
Smoke: does the proxy work, and each of its models?

check           Check, Measures, Result;  report: all of a run, and its exit code;  wording: of both
wishes          what the options want;  selection: which models are asked
steps           the unbilled checks, and what each needs: proxychecks, listchecks
task            a piece of work;  running: many, in threads;  runs: a check as often as is wanted
modeltasks      which checks a model gets: answering, streaming, parameterchecks, toolchecks, visioncheck,
                embeddingcheck
asker           one request, by the path of `ask`;  finding: what was seen of it
account         what its requests took;  purse: who pays
measuring       median, percentiles, limits;  remedies: what helps

A new check of models is a module with a function that takes the `Asker` and says what was seen, or raises,
and a line in `modeltasks._conversation`.
"""
