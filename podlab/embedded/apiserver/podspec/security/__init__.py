"""What a Pod may ask of the system: users, profiles, Windows options, the operating system's own fields."""
