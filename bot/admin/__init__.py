"""What the operator's tools read of a running bot: health, readiness and metrics, on a port of their own."""
