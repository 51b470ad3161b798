"""The steps of a collection round, one function a step."""
