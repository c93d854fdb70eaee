"""What a workspace says of itself: `ordain.toml`, and where state lies. Imports connectors and policy."""
