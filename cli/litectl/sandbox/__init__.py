"""The sandbox: a real LiteLLM proxy with mock models on this machine."""
