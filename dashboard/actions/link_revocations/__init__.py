"""The ways into an order that its customer was sent are taken back."""
