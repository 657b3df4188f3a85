"""
What a command does: one function for each, joined from the run and the core.

ask             a question: asking, requesting, parameters, prompting, attempts, charging; tools: tool_offer,
                tool_loop
smoke           a smoke run: testing, proxy, reporting, report_files, growing
examination     all that `doctor` looks at, in order;  ticket: a report of it
api             any request: requesting, body, calling;  embed: embedding, texts
refresh         `models refresh`: refreshing; round: the same for every profile
login           a login: logging_in, ways, unattended, checking, dialogue, storage; ending: `logout`
tool_calling    one call of `mcp call`
skill_sending, skill_fetching, skill_switching: `skills create`, `download`, `enable` and `disable`
exporting       the catalog for another tool;  spending: what `spend` prints
inputs          what a command about a model is given: the model, stdin, files
pausing         a wait that is said;  estimating: what tokens cost, by the proxy
"""
