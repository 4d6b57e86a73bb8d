"""What goes wrong in mlp.py: layers that are not counted, weights that begin badly, and a forward with more or less in it.

Most entries inherit from the right `MLP`, as does `class MLP(MLP)` at the end of a learner's file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import Misconceptions

misconceptions = Misconceptions()

Activation = Callable[[Tensor], Tensor]


class MLP(nn.Module):
    """As it should be, for what is changed below."""

    fc1: nn.Module
    fc2: nn.Module

    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images.flatten(1))))
        return scores


# What comes out


@misconceptions.entry(
    "N01-softmax-at-the-end",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores pass through softmax before they are returned: no output is negative and each row sums to 1.",
    hint="Which function, outside of the network, takes the softmax a second time?",
)
class SoftmaxAtTheEnd(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return F.softmax(super().forward(images), dim=1)


@misconceptions.entry(
    "N01b-sigmoid-at-the-end",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores pass through a sigmoid before they are returned: each output lies between 0 and 1.",
    hint="How far apart can two classes be if no score leaves the range from 0 to 1?",
)
class SigmoidAtTheEnd(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return torch.sigmoid(super().forward(images))


@misconceptions.entry(
    "N02-no-activation",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="What fc1 returns goes into fc2 as it is, without the activation: two linear layers make one linear function.",
    hint="At which point does your forward call the activation, and what happens to the value that it returns?",
)
class NoActivation(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.fc1(images.flatten(1))
        self.activation(hidden)
        scores: Tensor = self.fc2(hidden)
        return scores


@misconceptions.entry(
    "N03-activation-on-the-scores",
    task="MLP",
    loses="raw_scores",
    diagnosis="What fc2 returns is bent as well, by the activation or something like it, so the scores are bounded; after ReLU none is negative.",
    hint="What can a score no longer say once the activation has been applied to it?",
)
class ActivationOnTheScores(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return self.activation(super().forward(images))


@misconceptions.entry(
    "N03b-activation-on-the-scores-only",
    task="MLP",
    loses="raw_scores",
    diagnosis="The activation stands after fc2 and not between the layers: the scores are bent, the hidden units are not.",
    hint="Between which two steps does a bend let the network do more than one linear layer can?",
)
class ActivationOnTheScoresOnly(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return self.activation(self.fc2(self.fc1(images.flatten(1))))


@misconceptions.entry(
    "N05-softmax-over-the-batch",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="A softmax runs over the batch: each column of the output sums to 1, and an image alone gets ten ones.",
    hint="Which dimension counts the images, and should an image's scores depend on its neighbours?",
)
class SoftmaxOverTheBatch(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return F.softmax(super().forward(images), dim=0)


@misconceptions.entry(
    "N50-scores-shifted-by-their-maximum",
    task="MLP",
    loses="raw_scores",
    diagnosis="The largest score of each row is subtracted before the scores are returned: each row has its maximum at 0.",
    hint="Whose work is it to keep exp from overflowing, the network's or the loss function's?",
)
class ScoresShifted(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores = super().forward(images)
        return scores - scores.max(dim=1, keepdim=True).values


@misconceptions.entry(
    "N51-scores-normalised",
    task="MLP",
    loses="raw_scores",
    diagnosis="Each row of scores is divided by its own length before it is returned: all rows have length 1.",
    hint="What does the size of a row of scores tell the loss about how sure the network is?",
)
class ScoresNormalised(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return F.normalize(super().forward(images), dim=1)


@misconceptions.entry(
    "N52-digits-instead-of-scores",
    task="MLP",
    loses="other_sizes",
    diagnosis="Your forward returns the class of the largest score, one number an image, and not the scores themselves.",
    hint="Which shape does the loss expect, and can a gradient pass through an argmax?",
)
class DigitsInsteadOfScores(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).argmax(dim=1)


# What happens to the images


@misconceptions.entry(
    "N53-images-not-flattened",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="The images go into fc1 in the shape they come in: of (N, 1, 28, 28) it reads rows of 28 numbers, not of 784.",
    hint="Which shape has one image when it arrives at fc1, and how many numbers does fc1 read at once?",
)
class ImagesNotFlattened(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images)))
        return scores


@misconceptions.entry(
    "N53b-batch-flattened-too",
    task="MLP",
    loses="other_sizes",
    diagnosis="All images of the batch are flattened into one long row: the dimension that counts them is lost.",
    hint="For five images, which shape should stand before fc1, and which one do you get?",
)
class BatchFlattenedToo(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images.flatten())))
        return scores


@misconceptions.entry(
    "N53c-784-in-forward",
    task="MLP",
    loses="other_sizes",
    diagnosis="Your forward cuts the images into rows of 784 numbers, whatever in_features is.",
    hint="What does your forward do with five images of 12 numbers each?",
)
class Rows784(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images.reshape(-1, 784))


@misconceptions.entry(
    "N53d-pixels-of-different-images",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="A reshape to (pixels, N) and a transpose put pixels of different images into one row.",
    hint="Number the pixels of two tiny images: which numbers stand in your first row?",
)
class PixelsMixed(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images.reshape(images[0].numel(), -1).T)


@misconceptions.entry(
    "N54-images-standardised",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Your forward shifts and scales the pixels by the mean 0.1307 and the deviation 0.3081 of MNIST before fc1.",
    hint="What does the docstring say about the range of the images and about what is done to them?",
)
class ImagesStandardised(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward((images - 0.1307) / 0.3081)


@misconceptions.entry(
    "N54b-images-divided-by-255",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Your forward divides the pixels by 255, though they come as numbers from 0 to 1: hardly anything is left of them.",
    hint="How large is the largest pixel before your division, and how large after it?",
)
class ImagesDivided(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images / 255)


@misconceptions.entry(
    "N54c-images-centred-at-zero",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Your forward stretches the pixels from the range 0 to 1 to the range −1 to 1 before fc1.",
    hint="What does the docstring say about the range of the images and about what is done to them?",
)
class ImagesCentred(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(2 * images - 1)


@misconceptions.entry(
    "N54d-batch-standardised",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="Your forward standardises the pixels by the mean and deviation of the batch, so an image's scores depend on its batch.",
    hint="Which numbers in your forward change when one other image of the batch changes?",
)
class BatchStandardised(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward((images - images.mean()) / images.std())


# Which activation, and where


@misconceptions.entry(
    "N06-always-relu",
    task="MLP",
    loses="activation_is_used",
    diagnosis="Between the layers stands ReLU, whichever activation was given to the network.",
    hint="Where does your forward use what __init__ received?",
)
class AlwaysReLU(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(torch.relu(self.fc1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N06b-always-tanh",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Between the layers stands tanh, whichever activation was given to the network.",
    hint="Where does your forward use what __init__ received?",
)
class AlwaysTanh(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(torch.tanh(self.fc1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N06c-always-sigmoid",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Between the layers stands a sigmoid, whichever activation was given to the network.",
    hint="Where does your forward use what __init__ received?",
)
class AlwaysSigmoid(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(torch.sigmoid(self.fc1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N06d-activation-by-name",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Between the layers stands GELU, whichever activation was given to the network.",
    hint="What type has the activation that __init__ receives, and what can one do with it?",
)
class ActivationByName(MLP):
    def forward(self, images: Tensor) -> Tensor:
        chosen: Any = self.activation
        function = torch.relu if chosen == "relu" else torch.tanh if chosen == "tanh" else F.gelu
        scores: Tensor = self.fc2(function(self.fc1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N15-softmax-between-the-layers",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Between the layers stands softmax: the hidden units of an image share a total of 1, about 0.008 for each.",
    hint="What does a hidden unit lose if it can only grow when the others shrink?",
)
class SoftmaxBetween(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(F.softmax(self.fc1(images.flatten(1)), dim=1))
        return scores


@misconceptions.entry(
    "N55-activation-before-fc1",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The activation is applied to the images, before fc1: between the two linear layers there is none.",
    hint="On which side of fc1 can a bend make hidden units out of sums?",
)
class ActivationBeforeFc1(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.fc1(self.activation(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N55b-activation-twice",
    task="MLP",
    loses="activation_is_used",
    diagnosis="The activation is applied twice between the layers; with ReLU that cannot be seen, with tanh it can.",
    hint="How often is the activation called in one forward?",
)
class ActivationTwice(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(self.activation(hidden))
        return scores


@misconceptions.entry(
    "N55c-activation-called-when-made",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="Your __init__ raises a TypeError over the activation, as if it were a class or a name; it is a function, ready for use.",
    hint="What is to be remembered in __init__, the function or a value of it?",
)
class ActivationCalledWhenMade(MLP):
    def __init__(self, activation: Any, *sizes: Any, **named: Any) -> None:
        super().__init__(activation(), *sizes, **named)


@misconceptions.entry(
    "N56-biases-not-added",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The products with the weights are there, the biases are never added: fc1.bias and fc2.bias have no effect.",
    hint="What does the network return for a black image, and what should it return?",
)
class BiasesNotAdded(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(images.flatten(1) @ self.fc1.weight.T)
        return hidden @ self.fc2.weight.T


@misconceptions.entry(
    "N57-dropout",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="Some hidden units are dropped at random, in training mode at least, so the same images get other scores each time.",
    hint="Which parts does the network of the lesson consist of?",
)
class Dropout(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(F.dropout(self.activation(self.fc1(images.flatten(1)))))
        return scores


# What the gradient can reach


@misconceptions.entry(
    "N13-hidden-detached",
    task="MLP",
    loses="gradient_reaches_everything",
    diagnosis="The hidden units are cut out of the graph before fc2: only fc2 gets a gradient, fc1 never learns.",
    hint="Which call between the two layers returns a tensor without a history?",
)
class HiddenDetached(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(hidden.detach())
        return scores


@misconceptions.entry(
    "N13b-no-graph",
    task="MLP",
    loses="gradient_reaches_everything",
    diagnosis="The whole output is cut out of the graph: no weight gets a gradient, and backward() has nowhere to go.",
    hint="For which part of a program is a forward without a graph made, for training or for evaluation?",
)
class NoGraph(MLP):
    def forward(self, images: Tensor) -> Tensor:
        with torch.no_grad():
            return super().forward(images)


@misconceptions.entry(
    "N13c-fc1-frozen",
    task="MLP",
    loses="gradient_reaches_everything",
    diagnosis="The weights of fc1 are marked as needing no gradient: they stay what they are from the first step to the last.",
    hint="Which of the four parameters have requires_grad set?",
)
class FrozenFc1(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.fc1.parameters():
            parameter.requires_grad = False


@misconceptions.entry(
    "X03-images-detached",
    task="MLP",
    loses="gradient_reaches_everything",
    diagnosis="The images are cut out of the graph before fc1: the layers get gradients, the images get none.",
    hint="What makes a new tensor out of the images that no longer knows where it comes from?",
)
class ImagesDetached(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images.detach())


# Which layers there are


@misconceptions.entry(
    "N07-no-bias",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="A layer is made without a bias, or both are: some of the 101,770 numbers are missing.",
    hint="Which two things does a linear layer learn?",
)
class NoBias(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        nn.Module.__init__(self)  # no other layer draws before
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features, bias=False)
        self.fc2 = nn.Linear(hidden_features, out_features, bias=False)


@misconceptions.entry(
    "N07b-another-width",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class AnotherWidth(MLP):
    def __init__(self, activation: Activation, *sizes: Any, **named: Any) -> None:
        super().__init__(activation)
        self.fc1 = nn.Linear(784, 64)
        self.fc2 = nn.Linear(64, 10)


@misconceptions.entry(
    "N07c-sizes-swapped",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The sizes of each layer are given in the order (out, in), so fc1 leads from 128 numbers to 784.",
    hint="Which shape has fc1.weight, and on which side does the image stand?",
)
class SizesSwapped(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation)
        self.fc1 = nn.Linear(hidden_features, in_features)
        self.fc2 = nn.Linear(out_features, hidden_features)


@misconceptions.entry(
    "N07d-one-layer",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="There is a single linear layer, from the pixels to the scores: nothing lies in between.",
    hint="Where would hidden_features be used?",
)
class OneLayer(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.fc1 = nn.Linear(in_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc1(images.flatten(1))
        return scores


@misconceptions.entry(
    "N58-sizes-ignored",
    task="MLP",
    loses="other_sizes",
    diagnosis="The layers have 784, 128 and 10 features, whichever sizes are asked for.",
    hint="Which of the arguments of __init__ does your code never read?",
)
class SizesIgnored(MLP):
    def __init__(self, activation: Activation, *sizes: Any, **named: Any) -> None:
        super().__init__(activation)


@misconceptions.entry(
    "N58b-hidden-size-ignored",
    task="MLP",
    loses="other_sizes",
    diagnosis="The hidden layer has 128 units, whatever hidden_features is.",
    hint="Which of the arguments of __init__ does your code never read?",
)
class HiddenSizeIgnored(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 128, out_features)


@misconceptions.entry(
    "N59-a-third-layer",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="A third linear layer stands between fc1 and fc2: the network has 16,512 numbers too many.",
    hint="How many matrices does the formula of the lesson have?",
)
class ThirdLayer(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, hidden_features, out_features)
        self.between = nn.Linear(hidden_features, hidden_features)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(self.activation(self.between(hidden)))
        return scores


@misconceptions.entry(
    "N59b-batch-norm",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden units pass through a batch normalisation, which has a weight and a bias of its own.",
    hint="Which parts does the network of the lesson consist of?",
)
class BatchNorm(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, hidden_features, out_features)
        self.norm = nn.BatchNorm1d(hidden_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.norm(self.fc1(images.flatten(1)))))
        return scores


@misconceptions.entry(
    "N14-layers-in-a-list",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The layers live where the module does not look, as in a plain list: it counts no parameters at all.",
    hint="An optimizer asks the model for its parameters: how does the model find its layers?",
)
class LayersInAList(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.layers = [nn.Linear(in_features, hidden_features), nn.Linear(hidden_features, out_features)]

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layers[1](self.activation(self.layers[0](images.flatten(1))))
        return scores


@misconceptions.entry(
    "N14b-layers-made-in-forward",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="Your forward makes new layers each time it is called: the model has no weights to learn, and its scores are random.",
    hint="What is left of a layer when forward has returned?",
)
class LayersMadeInForward(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.sizes = in_features, hidden_features, out_features

    def forward(self, images: Tensor) -> Tensor:
        pixels, units, classes = self.sizes
        hidden = self.activation(nn.Linear(pixels, units)(images.flatten(1)))
        scores: Tensor = nn.Linear(units, classes)(hidden)
        return scores


@misconceptions.entry(
    "N14c-weights-as-buffers",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The weights are kept as buffers: they are saved with the model and belong to no optimizer.",
    hint="What sets a parameter apart from other tensors that a module remembers?",
)
class WeightsAsBuffers(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            for name, parameter in list(layer.named_parameters()):
                delattr(layer, name)
                layer.register_buffer(name, parameter.data)


@misconceptions.entry(
    "N60-other-names",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class OtherNames(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.hidden = nn.Linear(in_features, hidden_features)
        self.output = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.output(self.activation(self.hidden(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60b-layers-in-a-sequence-only",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceOnly(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden_features), nn.Linear(hidden_features, out_features)
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layers[1](self.activation(self.layers[0](images.flatten(1))))
        return scores


@misconceptions.entry(
    "N61-no-super-init",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="Your __init__ assigns layers before the module itself is set up, so there is nowhere to register them.",
    hint="What does every __init__ of a module begin with?",
)
class NoSuperInit(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N61b-not-a-module",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The class derives from nothing: its layers are there, but it has no parameters() and cannot be trained.",
    hint="From which class does a network inherit what an optimizer asks it for?",
)
class NotAModule:
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images.flatten(1))))
        return scores


# Where the weights begin


@misconceptions.entry(
    "N08-zero-weights",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at 0: the hidden units are alike, and no gradient reaches fc1.",
    hint="With every hidden unit at 0, what does the gradient of fc2.weight contain?",
)
class ZeroWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)


@misconceptions.entry(
    "N09-constant-weights",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class ConstantWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.constant_(parameter, 0.01)


@misconceptions.entry(
    "N10-standard-normal-weights",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin as standard normal numbers: a sum of 784 such products is far too large.",
    hint="How does the size of a sum of random numbers grow with how many there are?",
)
class StandardNormalWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.normal_(parameter)


@misconceptions.entry(
    "N11-weights-from-0-to-1",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin between 0 and 1: all of one sign, so that every sum is large and positive.",
    hint="Around which number should the first sums lie?",
)
class UniformWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.uniform_(parameter)


@misconceptions.entry(
    "N12-large-negative-bias",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class NegativeBias(MLP):
    fc1: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -10.0)


@misconceptions.entry(
    "N62-tiny-weights",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin so close to 0 that hardly a signal passes fc1, in either direction.",
    hint="How large are the hidden units of a typical image, and how large is the gradient that they pass on?",
)
class TinyWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=1e-4)


# The same mistakes with other numbers, names or draws: a weight is compared with a weight


@misconceptions.entry(
    "N08b-zero-weights-only",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at 0: the hidden units are alike, and no gradient reaches fc1.",
    hint="With every hidden unit at 0, what does the gradient of fc2.weight contain?",
)
class ZeroWeightsOnly(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.zeros_(layer.weight)


@misconceptions.entry(
    "N08c-zero-weights-of-fc1",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights of fc1 all begin at 0: the hidden units are alike, whatever the image is.",
    hint="Which unit of fc1 gets another gradient than its neighbours?",
)
class ZeroWeightsOfFc1(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.zeros_(self.fc1.weight)


@misconceptions.entry(
    "N09b-weights-of-a-hundredth",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfAHundredth(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.01)


@misconceptions.entry(
    "N09c-weights-of-a-hundredth-biases-of-zero",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfAHundredthBiasesOfZero(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.01)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N09d-weights-of-a-twentieth",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfATwentieth(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.05)


@misconceptions.entry(
    "N09e-weights-of-a-twentieth-biases-of-zero",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfATwentiethBiasesOfZero(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.05)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N09f-weights-of-a-tenth",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfATenth(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.1)


@misconceptions.entry(
    "N09g-weights-of-a-tenth-biases-of-zero",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfATenthBiasesOfZero(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.1)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N09h-weights-of-a-half",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfAHalf(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.5)


@misconceptions.entry(
    "N09i-weights-of-a-half-biases-of-zero",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfAHalfBiasesOfZero(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 0.5)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N09j-weights-of-one",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfOne(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 1.0)


@misconceptions.entry(
    "N09k-weights-of-one-biases-of-zero",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class WeightsOfOneBiasesOfZero(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.constant_(layer.weight, 1.0)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N09l-all-numbers-a-tenth",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class AllNumbersATenth(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.constant_(parameter, 0.1)


@misconceptions.entry(
    "N09m-all-numbers-a-half",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class AllNumbersAHalf(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.constant_(parameter, 0.5)


@misconceptions.entry(
    "N09n-all-numbers-one",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class AllNumbersOne(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.ones_(parameter)


@misconceptions.entry(
    "N10b-normal-weights-only",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin as standard normal numbers: a sum of 784 such products is far too large.",
    hint="How does the size of a sum of random numbers grow with how many there are?",
)
class NormalWeightsOnly(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.normal_(layer.weight)


@misconceptions.entry(
    "N10c-normal-weights-zero-biases",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin as standard normal numbers: a sum of 784 such products is far too large.",
    hint="How does the size of a sum of random numbers grow with how many there are?",
)
class NormalWeightsZeroBiases(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.normal_(layer.weight)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N10d-normal-weights-of-fc1",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin as standard normal numbers: a sum of 784 such products is far too large.",
    hint="How does the size of a sum of random numbers grow with how many there are?",
)
class NormalWeightsOfFc1(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.normal_(self.fc1.weight)


@misconceptions.entry(
    "N10e-normal-weights-layer-by-layer",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin as standard normal numbers: a sum of 784 such products is far too large.",
    hint="How does the size of a sum of random numbers grow with how many there are?",
)
class NormalWeightsLayerByLayer(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc2, self.fc1):
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)


@misconceptions.entry(
    "N11b-uniform-weights-only",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin between 0 and 1: all of one sign, so that every sum is large and positive.",
    hint="Around which number should the first sums lie?",
)
class UniformWeightsOnly(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.uniform_(layer.weight)


@misconceptions.entry(
    "N11c-uniform-weights-zero-biases",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin between 0 and 1: all of one sign, so that every sum is large and positive.",
    hint="Around which number should the first sums lie?",
)
class UniformWeightsZeroBiases(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            nn.init.uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


@misconceptions.entry(
    "N11d-uniform-weights-of-fc1",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin between 0 and 1: all of one sign, so that every sum is large and positive.",
    hint="Around which number should the first sums lie?",
)
class UniformWeightsOfFc1(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.uniform_(self.fc1.weight)


@misconceptions.entry(
    "N11e-uniform-weights-layer-by-layer",
    task="MLP",
    loses="initial_weights",
    diagnosis="The weights begin between 0 and 1: all of one sign, so that every sum is large and positive.",
    hint="Around which number should the first sums lie?",
)
class UniformWeightsLayerByLayer(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc2, self.fc1):
            nn.init.uniform_(layer.weight)
            nn.init.uniform_(layer.bias)


@misconceptions.entry(
    "N12b-bias-of-minus-1",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus1(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -1.0)


@misconceptions.entry(
    "N12c-bias-of-minus-2",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus2(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -2.0)


@misconceptions.entry(
    "N12d-bias-of-minus-3",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus3(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -3.0)


@misconceptions.entry(
    "N12e-bias-of-minus-5",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus5(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -5.0)


@misconceptions.entry(
    "N12f-bias-of-minus-20",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus20(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -20.0)


@misconceptions.entry(
    "N12g-bias-of-minus-50",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus50(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -50.0)


@misconceptions.entry(
    "N12h-bias-of-minus-100",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus100(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -100.0)


@misconceptions.entry(
    "N12i-bias-of-minus-1000",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class BiasOfMinus1000(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -1000.0)


@misconceptions.entry(
    "N12j-all-biases-of-minus-ten",
    task="MLP",
    loses="initial_weights",
    diagnosis="The biases of fc1 begin far below 0: with ReLU no hidden unit answers to any image.",
    hint="How large would a weighted sum of pixels have to be to lift such a unit above 0?",
)
class AllBiasesOfMinusTen(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc1.bias, -10.0)
        nn.init.constant_(self.fc2.bias, -10.0)


@misconceptions.entry(
    "N07e-fc1-without-a-bias",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="A layer is made without a bias, or both are: some of the 101,770 numbers are missing.",
    hint="Which two things does a linear layer learn?",
)
class Fc1WithoutABias(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        nn.Module.__init__(self)  # no other layer draws before
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features, bias=False)
        self.fc2 = nn.Linear(hidden_features, out_features)


@misconceptions.entry(
    "N07f-fc2-without-a-bias",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="A layer is made without a bias, or both are: some of the 101,770 numbers are missing.",
    hint="Which two things does a linear layer learn?",
)
class Fc2WithoutABias(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        nn.Module.__init__(self)  # no other layer draws before
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features, bias=False)


@misconceptions.entry(
    "N07g-width-256",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class Width256(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 256, out_features)


@misconceptions.entry(
    "N07k-width-64",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class Width64(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 64, out_features)


@misconceptions.entry(
    "N07h-width-100",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class Width100(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 100, out_features)


@misconceptions.entry(
    "N07i-width-32",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class Width32(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 32, out_features)


@misconceptions.entry(
    "N07j-width-512",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The hidden layer has another width than hidden_features says: by default it is 128.",
    hint="Where do the sizes of your layers come from, from the arguments or from somewhere else?",
)
class Width512(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, 512, out_features)


@misconceptions.entry(
    "N60c-layer1-and-layer2",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class Layer1AndLayer2(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.layer1 = nn.Linear(in_features, hidden_features)
        self.layer2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layer2(self.activation(self.layer1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60d-linear1-and-linear2",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class Linear1AndLinear2(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.linear1 = nn.Linear(in_features, hidden_features)
        self.linear2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.linear2(self.activation(self.linear1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60e-l1-and-l2",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class L1AndL2(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.l1 = nn.Linear(in_features, hidden_features)
        self.l2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.l2(self.activation(self.l1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60f-lin1-and-lin2",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class Lin1AndLin2(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.lin1 = nn.Linear(in_features, hidden_features)
        self.lin2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.lin2(self.activation(self.lin1(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60g-hidden-and-out",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class HiddenAndOut(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.hidden = nn.Linear(in_features, hidden_features)
        self.out = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.out(self.activation(self.hidden(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60h-input-layer-and-output-layer",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are there and counted, under other names than fc1 and fc2.",
    hint="Which names does the docstring give to the layers?",
)
class InputLayerAndOutputLayer(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.input_layer = nn.Linear(in_features, hidden_features)
        self.output_layer = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.output_layer(self.activation(self.input_layer(images.flatten(1))))
        return scores


@misconceptions.entry(
    "N60i-sequence-called-net-with-flatten",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceCalledNetWithFlatten(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        bend: Any = activation
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(in_features, hidden_features),
            bend,
            nn.Linear(hidden_features, out_features),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.net(images)
        return scores


@misconceptions.entry(
    "N60j-sequence-called-net",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceCalledNet(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        bend: Any = activation
        self.net = nn.Sequential(
            nn.Linear(in_features, hidden_features),
            bend,
            nn.Linear(hidden_features, out_features),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.net(images.flatten(1))
        return scores


@misconceptions.entry(
    "N60k-sequence-called-layers-with-flatten",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceCalledLayersWithFlatten(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        bend: Any = activation
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(in_features, hidden_features),
            bend,
            nn.Linear(hidden_features, out_features),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layers(images)
        return scores


@misconceptions.entry(
    "N60l-sequence-called-layers",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceCalledLayers(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        bend: Any = activation
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden_features),
            bend,
            nn.Linear(hidden_features, out_features),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layers(images.flatten(1))
        return scores


@misconceptions.entry(
    "N60m-sequence-called-model-with-flatten",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="The two layers are known only by their place in an nn.Sequential, not as fc1 and fc2.",
    hint="Can an object have a place in a sequence and a name of its own?",
)
class SequenceCalledModelWithFlatten(nn.Module):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        bend: Any = activation
        self.model = nn.Sequential(
            nn.Flatten(),
            nn.Linear(in_features, hidden_features),
            bend,
            nn.Linear(hidden_features, out_features),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.model(images)
        return scores


@misconceptions.entry(
    "N59c-fc3-after-fc2",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="There are three linear layers: fc2 leads from hidden units to hidden units, and the scores come from fc3.",
    hint="How many matrices does the formula of the lesson have?",
)
class Fc3AfterFc2(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, hidden_features, out_features)
        self.fc2 = nn.Linear(hidden_features, hidden_features)
        self.fc3 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc3(self.activation(self.fc2(hidden)))
        return scores


@misconceptions.entry(
    "N59d-fc3-between",
    task="MLP",
    loses="layers_are_registered",
    diagnosis="A third linear layer stands between fc1 and fc2: the network has 16,512 numbers too many.",
    hint="How many matrices does the formula of the lesson have?",
)
class Fc3Between(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, hidden_features, out_features)
        self.fc3 = nn.Linear(hidden_features, hidden_features)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(self.activation(self.fc3(hidden)))
        return scores


@misconceptions.entry(
    "N57b-dropout-of-a-fifth",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="Some hidden units are dropped at random, in training mode at least, so the same images get other scores each time.",
    hint="Which parts does the network of the lesson consist of?",
)
class DropoutOfAFifth(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(F.dropout(hidden, p=0.2))
        return scores


@misconceptions.entry(
    "N57c-dropout-of-a-tenth",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="Some hidden units are dropped at random, in training mode at least, so the same images get other scores each time.",
    hint="Which parts does the network of the lesson consist of?",
)
class DropoutOfATenth(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(F.dropout(hidden, p=0.1))
        return scores


@misconceptions.entry(
    "N05b-log-softmax-over-the-batch",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="A log-softmax runs over the batch: an image's scores depend on the others, and an image alone gets ten zeros.",
    hint="Which dimension counts the images, and should an image's scores depend on its neighbours?",
)
class LogSoftmaxOverTheBatch(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return F.log_softmax(super().forward(images), dim=0)


@misconceptions.entry(
    "N15b-softmax-after-the-activation",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="A softmax follows the activation: the hidden units of an image share a total of 1, about 0.008 for each.",
    hint="What does a hidden unit lose if it can only grow when the others shrink?",
)
class SoftmaxAfterTheActivation(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        scores: Tensor = self.fc2(F.softmax(hidden, dim=1))
        return scores


@misconceptions.entry(
    "N56b-bias-of-fc1-not-added",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The bias of fc1 is never added: fc1.bias has no effect on the scores.",
    hint="Which numbers reach the activation for a black image?",
)
class BiasOfFc1NotAdded(MLP):
    fc1: nn.Linear

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(images.flatten(1) @ self.fc1.weight.T)
        scores: Tensor = self.fc2(hidden)
        return scores


@misconceptions.entry(
    "N56c-bias-of-fc2-not-added",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The bias of fc2 is never added: fc2.bias has no effect on the scores.",
    hint="What are the scores when all hidden units are 0?",
)
class BiasOfFc2NotAdded(MLP):
    fc2: nn.Linear

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1)))
        return hidden @ self.fc2.weight.T


# What only a second look shows


@misconceptions.entry(
    "N63-half-of-the-units-alike",
    task="MLP",
    loses="initial_weights",
    diagnosis="The second half of the hidden units begins with the weights of the first half.",
    hint="How many different units does the network have, and how many after a thousand steps?",
)
class HalfOfTheUnitsAlike(MLP):
    fc1: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        half = len(self.fc1.weight) // 2
        with torch.no_grad():
            self.fc1.weight[half:] = self.fc1.weight[:half].clone()


@misconceptions.entry(
    "N63b-one-unit-repeated",
    task="MLP",
    loses="initial_weights",
    diagnosis="All hidden units begin with the weights of the first one.",
    hint="How many different units does the network have, and how many after a thousand steps?",
)
class OneUnitRepeated(MLP):
    fc1: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        with torch.no_grad():
            self.fc1.weight.copy_(self.fc1.weight[0].clone())


@misconceptions.entry(
    "N64-weights-of-one-sign",
    task="MLP",
    loses="initial_weights",
    diagnosis="No weight begins below 0: a unit can only add pixels up, and all units answer to the same bright images.",
    hint="Around which number should the first sums lie?",
)
class WeightsOfOneSign(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            parameter.data.abs_()


@misconceptions.entry(
    "N64b-small-weights-of-one-sign",
    task="MLP",
    loses="initial_weights",
    diagnosis="No weight begins below 0: a unit can only add pixels up, and all units answer to the same bright images.",
    hint="Around which number should the first sums lie?",
)
class SmallWeightsOfOneSign(MLP):
    fc1: nn.Linear
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for layer in (self.fc1, self.fc2):
            layer.weight.data = 0.01 * torch.rand_like(layer.weight)


@misconceptions.entry(
    "N69-constant-output-layer",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights of fc2 begin at one number other than 0: each class starts with the same score for each image.",
    hint="What tells one class from another in the first step?",
)
class ConstantOutputLayer(MLP):
    fc2: nn.Linear

    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        nn.init.constant_(self.fc2.weight, 0.01)


@misconceptions.entry(
    "N65-generator-seeded-with-0",
    task="MLP",
    loses="initial_weights",
    diagnosis="Your __init__ seeds the generator of the whole program: each network is the same, and so is all that is drawn after it.",
    hint="If a program seeds its generator and then makes a network, which of the two seeds counts?",
)
class GeneratorSeededWith0(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        torch.manual_seed(0)
        super().__init__(*given, **sizes)


@misconceptions.entry(
    "N65b-generator-seeded-with-42",
    task="MLP",
    loses="initial_weights",
    diagnosis="Your __init__ seeds the generator of the whole program: each network is the same, and so is all that is drawn after it.",
    hint="If a program seeds its generator and then makes a network, which of the two seeds counts?",
)
class GeneratorSeededWith42(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        torch.manual_seed(42)
        super().__init__(*given, **sizes)


@misconceptions.entry(
    "N65c-generator-seeded-with-1",
    task="MLP",
    loses="initial_weights",
    diagnosis="Your __init__ seeds the generator of the whole program: each network is the same, and so is all that is drawn after it.",
    hint="If a program seeds its generator and then makes a network, which of the two seeds counts?",
)
class GeneratorSeededWith1(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        torch.manual_seed(1)
        super().__init__(*given, **sizes)


@misconceptions.entry(
    "N65d-generator-seeded-with-1234",
    task="MLP",
    loses="initial_weights",
    diagnosis="Your __init__ seeds the generator of the whole program: each network is the same, and so is all that is drawn after it.",
    hint="If a program seeds its generator and then makes a network, which of the two seeds counts?",
)
class GeneratorSeededWith1234(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        torch.manual_seed(1234)
        super().__init__(*given, **sizes)


@misconceptions.entry(
    "N65e-generator-seeded-in-forward",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="Your forward seeds the generator of the whole program: after each batch the same random numbers come again.",
    hint="Who else draws random numbers while the network is trained?",
)
class GeneratorSeededInForward(MLP):
    def forward(self, images: Tensor) -> Tensor:
        torch.manual_seed(0)
        return super().forward(images)


@misconceptions.entry(
    "N66-scores-clamped-at-10",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores are cut off at a bound on either side, and beyond it no gradient passes.",
    hint="Which scores may the loss receive, and whose work is it to keep exp from overflowing?",
)
class ScoresClampedAt10(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).clamp(-10, 10)


@misconceptions.entry(
    "N66b-scores-clamped-at-1",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores are cut off at a bound on either side, and beyond it no gradient passes.",
    hint="Which scores may the loss receive, and whose work is it to keep exp from overflowing?",
)
class ScoresClampedAt1(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).clamp(-1, 1)


@misconceptions.entry(
    "N66c-scores-clamped-at-100",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores are cut off at a bound on either side, and beyond it no gradient passes.",
    hint="Which scores may the loss receive, and whose work is it to keep exp from overflowing?",
)
class ScoresClampedAt100(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).clamp(-100, 100)


@misconceptions.entry(
    "N66d-hidden-units-clamped",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The hidden units are cut off at 6, as ReLU6 does it: beyond that they tell nothing, and pass no gradient.",
    hint="What stands between the activation and fc2?",
)
class HiddenUnitsClamped(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.activation(self.fc1(images.flatten(1))).clamp(max=6)
        scores: Tensor = self.fc2(hidden)
        return scores


@misconceptions.entry(
    "N67-activation-of-the-class",
    task="MLP",
    loses="activation_is_used",
    diagnosis="The activation is kept where all networks share it: the one made last decides for those made before.",
    hint="If two networks are made one after the other, which activation does the first one have then?",
)
class ActivationOfTheClass(MLP):
    def __init__(
        self,
        activation: Activation,
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__(activation, in_features, hidden_features, out_features)
        del self.activation
        type(self).activation = activation


@misconceptions.entry(
    "N68-softmax-in-evaluation-mode",
    task="MLP",
    loses="raw_scores",
    diagnosis="In training mode the scores come as they are, in evaluation mode as probabilities.",
    hint="Does the docstring say that the result depends on the mode?",
)
class SoftmaxInEvaluationMode(MLP):
    def forward(self, images: Tensor) -> Tensor:
        scores = super().forward(images)
        return scores if self.training else F.softmax(scores, dim=1)


@misconceptions.entry(
    "N70-hidden-units-normalised",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The sums of fc1 are shifted and scaled to mean 0 and deviation 1 for each image before the activation.",
    hint="Which steps does the formula of the lesson have between fc1 and the activation?",
)
class HiddenUnitsNormalised(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.fc1(images.flatten(1))
        scores: Tensor = self.fc2(self.activation(F.layer_norm(hidden, hidden.shape[1:])))
        return scores


@misconceptions.entry(
    "N53e-single-image-squeezed",
    task="MLP",
    loses="both_input_shapes",
    diagnosis="A batch of one image loses the dimension that counts the images, and its 28 rows go on as 28 images.",
    hint="Which sizes of 1 does your forward drop for a batch of one image?",
)
class SingleImageSqueezed(MLP):
    def forward(self, images: Tensor) -> Tensor:
        if images.dim() == 4:
            images = images.squeeze()
        return super().forward(images)


@misconceptions.entry(
    "N71-copy-of-the-weights",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="The images do not go through fc1, but through a copy of its first weights: a step of the optimizer changes nothing there.",
    hint="After fc1.weight has been changed, what does your forward multiply with?",
)
class CopyOfTheWeights(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        self.kept: Any = [parameter.detach().clone() for parameter in self.fc1.parameters()]

    def forward(self, images: Tensor) -> Tensor:
        weight, bias = self.kept
        scores: Tensor = self.fc2(self.activation(F.linear(images.flatten(1), weight, bias)))
        return scores


@misconceptions.entry(
    "N09o-all-numbers-a-twentieth",
    task="MLP",
    loses="initial_weights",
    diagnosis="All weights begin at one and the same number: the hidden units are alike, and stay alike.",
    hint="If 128 units compute the same and get the same gradient, how many units is that?",
)
class AllNumbersATwentieth(MLP):
    def __init__(self, *given: Any, **sizes: Any) -> None:
        super().__init__(*given, **sizes)
        for parameter in self.parameters():
            nn.init.constant_(parameter, 0.05)


@misconceptions.entry(
    "N03c-tanh-on-the-scores",
    task="MLP",
    loses="raw_scores",
    diagnosis="The scores pass through tanh before they are returned: each output lies between -1 and 1.",
    hint="How far apart can two classes be if no score leaves the range from -1 to 1?",
)
class TanhOnTheScores(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return torch.tanh(super().forward(images))


@misconceptions.entry(
    "N72-sums-added-to-the-hidden-units",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="What fc1 returns is added to what the activation makes of it: a part of it reaches fc2 without a bend.",
    hint="Which one tensor does fc2 get in the formula of the lesson?",
)
class SumsAddedToTheHiddenUnits(MLP):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.fc1(images.flatten(1))
        scores: Tensor = self.fc2(hidden + self.activation(hidden))
        return scores


@misconceptions.entry(
    "N53f-four-dimensions-only",
    task="MLP",
    loses="other_sizes",
    diagnosis="The shape of the images is taken apart into four sizes: a batch of shape (N, in_features) has two.",
    hint="Which of the sizes does your forward need, and how many has each of the two kinds of batch?",
)
class FourDimensionsOnly(MLP):
    def forward(self, images: Tensor) -> Tensor:
        samples, channels, height, width = images.shape
        return super().forward(images.reshape(samples, channels * height * width))


@misconceptions.entry(
    "N54e-black-or-white",
    task="MLP",
    loses="forward_is_two_layers",
    diagnosis="Each pixel becomes 0 or 1 before fc1: the grey between them is lost, and no gradient reaches the images.",
    hint="What does the docstring say of the images, and which numbers does fc1 get from yours?",
)
class BlackOrWhite(MLP):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward((images > 0.5).float())
