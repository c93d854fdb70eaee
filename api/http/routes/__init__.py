"""The addresses of the service, one file per thing. Each declares the rights that open it."""
