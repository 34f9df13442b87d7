"""Running the dashboard: configuration, logs, health and the doctor."""
