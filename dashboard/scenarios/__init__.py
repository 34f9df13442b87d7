"""What a reader supposes of the year ahead: the choices in the address, and scenarios that are saved."""
