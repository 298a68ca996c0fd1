"""What providers tell us by themselves: how a message fared, and what people wrote back."""
