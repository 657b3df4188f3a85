"""
What an answer that is no success stands for. Pure.

classification  the error, and so the exit code, that an answer stands for
envelopes       the four error envelopes of a proxy, read;  wording: one line for people
embedded        JSON inside a message, where a proxy repeats what a provider answered
hints           what hints say in several rooms, and for a profile
phrases         by which providers and guardrails are known to refuse
ratelimits      which limit it was, and how long to wait
refusals        which parameters of a request a model refuses
"""
