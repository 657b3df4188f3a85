"""Doctor: why does it not work, and what is to be done?"""
