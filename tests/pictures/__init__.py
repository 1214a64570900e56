"""Pictures of what each kind of channel shows, drawn from the very payload that it sends."""
