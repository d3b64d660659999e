"""What is posted at set times: when it is due, who makes it, and that each is posted once."""
