"""Personal data and secrets taken out of what people write, before anything is stored or logged."""
