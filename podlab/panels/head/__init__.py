"""The head of a lesson's page."""
