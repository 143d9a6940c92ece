"""The directory as one table: CSV and XLSX in and out."""
