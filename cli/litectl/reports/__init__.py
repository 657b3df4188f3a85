"""
A smoke report as other programs read it. Pure.

junit     JUnit XML, as Jenkins and GitLab take it
tap       the Test Anything Protocol, version 13
github    annotations and their escapes;  markdown: the summary
words     what all of them say
"""
