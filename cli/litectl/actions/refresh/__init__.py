"""
Lists fetched now.

refreshing  those of one profile
round       those of every profile, one after another
"""
