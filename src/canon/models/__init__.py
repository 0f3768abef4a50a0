"""What is known about each model, as rows."""
