"""
A smoke run, from its options to its report.

testing    the checks of the proxy, then those of its models
proxy      the checks that reach no model
reporting  all that is printed;  report_files: all that is written;  growing: also while it runs
"""
