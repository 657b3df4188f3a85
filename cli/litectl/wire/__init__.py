"""
The proxy on the wire: HTTP, TLS, the streams of answers, and the root that all routes hang off.

proxy             what one caller asks of one proxy: JSON, entries, events, bytes
connection        requests to one root, bounded in seconds, broken off from any thread
access            who asks, in every request, and what no answer may be quoted with (pure)
content           what a request carries: JSON or a form
answers           what is given back (pure)
incoming          an answer that is coming in;  bodies: read whole;  streaming: read as events
eventstream       server-sent events (pure);  reader: tells when the reader of stdout goes
transport_errors  what httpx says of the network, as ours;  leanhttpx: httpx without its commands
tls               whom to trust, who we are;  certificate: the one that is shown;  x509: names in it (pure)
lookup            the addresses of a machine, in bounded time
httpproxies       those between this machine and others
alarms            what is done when a time is over;  deadline: the seconds that are left
bounded           a call that nothing else bounds
headers           extra headers, parsed and checked (pure)
health            how a proxy says that it is (pure)
root              the URL that all routes hang off (pure);  pasted: one that ends with a route (pure)
download          a file of the web: no credential, checked addresses (addresses, pure)
"""
