"""What the program asks of the machine and gives to other programs: files, processes, locks, documents."""
