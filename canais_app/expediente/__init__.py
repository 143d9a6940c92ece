"""The court's calendar: is this moment or day open here, why not, when next."""
