"""The service: FastAPI lives here alone. Imports compose, usecases and render."""
