"""Files and answers that people hand in: kept, described, reviewed, published, and taken back."""
