"""Moving an appointment to another free time, on the picker's calendar."""
