"""Selection: from an application to the payment of its costs."""
