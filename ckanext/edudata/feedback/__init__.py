"""What comes back about the data: reports of personal data, and notices to the people
who must act (Art. 26, 31, 32, 36)."""
