"""How a vLLM server is started on a machine with GPUs: standard library only, as the app need not be there."""
