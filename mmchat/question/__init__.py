"""What a person typed -> what is asked: filters, the files meant, the words mended. Plain rules; it knows no model."""
