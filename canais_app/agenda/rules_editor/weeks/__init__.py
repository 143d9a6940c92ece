"""The preview of four weeks."""
