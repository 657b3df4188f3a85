"""
Any request of `api`. Pure.

path          a path leads to this proxy and to no other place
pagination    whether an answer is a page, and what asks for the next
route_errors  what a status of a route, or an event of a stream, stands for
"""
