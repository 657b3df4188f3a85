"""The JSON documents of the commands, field by field."""
