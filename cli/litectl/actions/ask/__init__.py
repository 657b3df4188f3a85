"""
A question, from its request to its answer.

asking      from the one to the other
requesting  what is said and wanted, planned by what is known of the model;  parameters: the wanted ones
prompting   what a question says
attempts    its tries;  charging: what the answer cost, and who gave it
tool_offer  the tools it comes with;  tool_loop: the calls of the model, run here
"""
