"""
A login: what it asks, and where it goes.

logging_in  from the options to a stored login;  ways: which option chose one
unattended  the credential of a way without a browser;  checking: does the proxy accept it
dialogue    questions and messages on the terminal
storage     into which profile it goes, and what becomes of the one before;  ending: of a login
"""
