"""The API server: one generic registry for every resource, one `Resource` value per kind."""
