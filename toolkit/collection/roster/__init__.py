"""The roster of a round: who reports, for whom, and under what code; read from a file that a clerk keeps."""
