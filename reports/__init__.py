"""What leaves the application as a file: tables, map layers, pictures, documents."""
