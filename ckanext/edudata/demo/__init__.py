"""The demonstration: made-up units, synthetic people, and data on their whole way."""
