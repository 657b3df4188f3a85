"""Smoke: does the proxy work, and each of its models?"""
