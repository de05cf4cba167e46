"""From words to a call: parsing, flags, forms, and what is said when it fails; nothing here runs a verb."""
