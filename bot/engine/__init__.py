"""The conversation engine: everything between what a platform hands over and an answer that was delivered."""
