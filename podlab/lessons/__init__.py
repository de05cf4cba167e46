"""Checks, quizzes and progress; a module a lesson."""
