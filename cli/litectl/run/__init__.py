"""
What one run of the program has.

runtime   environment, terminal, clock, files, and the proxy they lead to; the only reader of os.environ
caller    who calls: the credential, its token, the proxy asked with that;  key_file: one of an option
transport how the proxy is reached: headers, TLS, limits
onlooker  runtime and caller of one who only looks on: nothing is renewed, kept or mended
lister    the catalog of its proxy, cached or fetched as the rules of the cache say
toolbox   the same of its tools;  skillset: its skills, and what a model is told of them
"""
