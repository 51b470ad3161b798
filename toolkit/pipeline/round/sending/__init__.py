"""What goes out to units in a round: faulty returns handed back, and the folder of all that is to be sent."""
