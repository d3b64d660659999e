"""Pictures that are sent into chats. Matplotlib and the font are imported here alone, when a picture is drawn."""
