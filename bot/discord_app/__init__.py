"""Discord as a chat platform: `parse` and `render` are pure, `adapter` posts, `connection` listens."""
