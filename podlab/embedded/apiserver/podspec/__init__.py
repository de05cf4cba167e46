"""What a Pod's spec may say, alone or in a template: defaults, validation, updates, warnings."""
