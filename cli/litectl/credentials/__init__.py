"""
Who am I: the credential of a run, from what is configured to the token of a request.

chain          the ordered sources; which may go to which root
extra_headers  the same rules for extra headers;  variable: names of variables (pure)
bearer         the token now: read, run, renewed, made anew
helper         a command that prints a key (commandline: its words)
adc            Google's application default credentials
oauth          tokens of a login on the wire (RFC 6749, 7009);  tokens: when one ends (pure)
tokencache     tokens between processes, one maker
stored         a credential at rest, five kinds;  vault: puts it into file or keychain
keychain       the only user of keyring
check          is it accepted;  account: what the proxy says of it;  offer: what the proxy offers at all
browser_login  the ways to log in and their order: pkce (contract, callback), device (teams, patience),
               gateway (RFC 8628), paste
browser        is there one; open a page;  dialogue: how a flow speaks with a person; flows print nothing

A new source is a kind in `stored`, a branch in `bearer`, a line in the chain. A new way to log in returns a
`StoredCredential` and is a line in `browser_login`.
"""
