"""The service: FastAPI lives here alone. Imports usecases, render, tools and store records."""
