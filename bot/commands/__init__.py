"""What people can do besides asking: one registry of commands, and the handlers of commands, buttons and forms."""
