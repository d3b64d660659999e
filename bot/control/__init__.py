"""The local control socket: commands that need the index ask the running bot, which owns it, for what they print.

The bot listens on a Unix socket that its own user alone can reach, and writes the socket's place and a token into its
home. A command sends one JSON line and reads lines until the result; it renders them itself, so that its output is the
same as without a bot. Leaving cancels what was asked.
"""
