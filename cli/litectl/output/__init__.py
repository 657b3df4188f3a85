"""
Rows and columns become a table, tab-separated text, or JSON.

columns     how a value is read and shown;  money, times: as people read them
listing     table, tsv, csv, json, jsonl;  table, live: the only users of rich;  bars: beside its rows
answer, body, dry_run, embeddings, tool_result: what one command prints
model_page, tool_page: one model, one tool
models, tools, skills, keys, spend, profiles, caches, smoke, doctor, differences, exports, refreshes:
             the columns of a noun
"""
