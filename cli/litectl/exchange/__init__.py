"""
Ask and answer: a prompt goes out, an answer comes back as events.

question      a conversation and its parameters;  conversation: in a file;  tools;  saving
attachments   what a file is, and as what it is sent
form          JSON that is asked for: schema, strictness
backend       what the catalog knows of the model;  choice: which protocol
parameters    the plan: what is sent, and why;  adaptation: what is left of it after a refusal
typed         parameters as they are typed;  reasoning: effort levels;  limits: how long an answer may be
thinking      signed thinking, which goes back with calls;  promptcache: marks for Claude
protocols     chat, responses, messages: body and events;  events: what an answer says;  fields, jsoncall
answer        what came (pure);  ask: the exchange itself, judged;  retries: when to try again
pricing       what it cost;  answerer: who gave it;  cost: the proxy's own estimates and counts
spend         how a call is filed;  embedding: texts as vectors

Everything up to the protocol is in the words of chat completions; only a module in `protocols` knows others.
A new parameter is an option in `commands/ask.py`, a field of `Wishes`, and, where its name differs, a line in
the other two protocols. A new rule about backends is a line in `catalog/families.py` and one in `parameters`,
`reasoning` or `limits`, with a row in docs/ask.md.
"""
