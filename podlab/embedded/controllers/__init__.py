"""The controllers: each watches some objects through the registry and brings about what they ask for."""
