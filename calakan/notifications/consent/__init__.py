"""The pages on which a person opens other channels than mail to us, and closes them."""
