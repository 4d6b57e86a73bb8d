"""A lesson on activation functions, in this order: activations, softmax, mlp, training, trainability."""
