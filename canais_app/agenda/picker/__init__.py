"""The picker: a month of free slots, a held slot and the registration form."""
