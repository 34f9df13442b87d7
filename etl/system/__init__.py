"""What every command needs of the machine: workers and files that survive a crash."""
