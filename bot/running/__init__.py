"""`advisor run`: the store, the library, the engine, the control socket and every chat that has a token, as one."""
