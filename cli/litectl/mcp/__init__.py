"""
The tools of the MCP servers behind the proxy, from their list to a call and its result.

tools       Tool, Outcome, ToolList;  entries: an answer -> a ToolList; every entry is accounted for
listing     asks for them;  limits: what is too much, or dangerous, of what servers say
cache       the kept list (replacement);  servers: the servers, and how they are
choice      which tool is meant;  signature: a schema as rows of arguments (kinds, references)
arguments   words -> values;  fitting: do they fit, where plain;  checking: by the library
calling     the call, sent once;  refusals: the words of its route
result      what came back;  files: images and the like
offering    tools as a model sees them
"""
