"""
What an answer that is no success stands for. Pure.

envelopes   the four error envelopes of a proxy, classified
embedded    JSON inside a message, where a proxy repeats what a provider answered
phrases     by which providers and guardrails are known to refuse
ratelimits  which limit it was, and how long to wait
refusals    which parameters of a request a model refuses
"""
