"""A smoke report as other programs read it: JUnit XML, TAP, GitHub's annotations, Markdown. Pure."""
