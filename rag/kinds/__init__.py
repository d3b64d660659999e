"""What each kind of document in the shipped library must say: one strict model a kind, and how data becomes pages."""
