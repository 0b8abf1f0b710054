"""What a gateway said when it was asked anew for the money of an order."""
