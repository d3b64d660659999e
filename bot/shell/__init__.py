"""What admins do in the chats, done for whoever has the machine: `advisor admin`, beside a bot or without one."""
