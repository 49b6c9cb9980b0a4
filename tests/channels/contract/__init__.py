"""What every connector must do, whatever its platform. A new platform adds a stand in `stands.py` and passes."""
