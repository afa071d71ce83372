"""What a tap is answered with: short, true today, in the customer's language, and always with a way to a person."""
