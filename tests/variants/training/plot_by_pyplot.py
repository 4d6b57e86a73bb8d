"""pyplot's current figure and functions."""


def plot_losses(histories):
    import matplotlib.pyplot as plt

    figure = plt.figure()
    for name in histories:
        plt.plot(histories[name], label=name)
    plt.xlabel("Step")
    plt.ylabel("Loss")
    plt.title("Training")
    plt.legend()
    return figure
