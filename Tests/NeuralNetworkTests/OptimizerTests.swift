import NeuralNetwork
import TestSupport
import Testing

/// Each optimizer against `torch.optim`: the network after twenty steps with a weight decay of 0.01.
@Suite struct OptimizerTests {
    /// The numbers were printed by
    ///
    ///     import torch
    ///     x = torch.tensor([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0]]); y = torch.tensor([1, 2])
    ///     O = torch.optim
    ///     for make in [lambda p: O.SGD(p, 0.1, weight_decay=0.01), lambda p: O.SGD(p, 0.1, 0.9, weight_decay=0.01),
    ///                  lambda p: O.SGD(p, 0.1, 0.9, nesterov=True, weight_decay=0.01),
    ///                  lambda p: O.Adagrad(p, 0.1, weight_decay=0.01), lambda p: O.RMSprop(p, 0.01, weight_decay=0.01),
    ///                  lambda p: O.Adam(p, 0.01, weight_decay=0.01), lambda p: O.AdamW(p, 0.01, weight_decay=0.01)]:
    ///         model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 3))
    ///         with torch.no_grad():
    ///             model[0].weight.copy_(torch.tensor([[0.5, -0.3, 0.8], [-0.2, 0.4, 0.1]]))
    ///             model[0].bias.copy_(torch.tensor([0.1, -0.1]))
    ///             model[2].weight.copy_(torch.tensor([[0.7, -0.6], [-0.5, 0.9], [0.3, 0.2]]))
    ///             model[2].bias.copy_(torch.tensor([0.0, 0.1, -0.2]))
    ///         optimizer = make(model.parameters())
    ///         for _ in range(20):
    ///             optimizer.zero_grad(); torch.nn.functional.cross_entropy(model(x), y).backward(); optimizer.step()
    ///         for p in model.parameters():
    ///             print(["%.7f" % v for v in (p.T if p.dim() == 2 else p).flatten().tolist()])
    private static let pyTorch: [(kind: Optimizer.Kind, learningRate: Float, parameters: [[Float]])] = [
        (
            .sgd, 0.1,
            [
                [0.5305772, 0.0397815, -0.4155048, 0.8637142, 0.9460819, -0.1378004],
                [0.1789843, 0.1378004],
                [0.1001483, -0.5781327, 0.9680789, -0.6533340, 1.1359833, 0.0074449],
                [-0.3054641, 0.2816157, -0.0741705],
            ]
        ),
        (
            .momentum, 0.1,
            [
                [0.5021856, 0.6024805, -0.4472605, 1.9111583, 0.9494460, -0.6907552],
                [0.2098989, 0.6907552],
                [-1.3698123, -0.7448240, 2.5560093, -0.7155219, 1.5052840, -0.3483884],
                [-1.1284381, 0.6998073, 0.3403563],
            ]
        ),
        (
            .nesterov, 0.1,
            [
                [0.5096245, 0.5023399, -0.4778085, 1.7053894, 0.9874329, -0.5899286],
                [0.2309503, 0.5899286],
                [-1.0486288, -0.7083080, 2.1948810, -0.6898793, 1.4567423, -0.3289194],
                [-0.9372101, 0.6148098, 0.2348117],
            ]
        ),
        (
            .adagrad, 0.1,
            [
                [0.6461250, 0.1747426, -0.5316973, 0.7676940, 1.0129642, -0.2715645],
                [0.3391068, 0.2715645],
                [0.2116949, -0.8989065, 0.7833917, -0.8105217, 1.3835778, -0.3668762],
                [-0.4168729, 0.3689621, 0.2881748],
            ]
        ),
        (
            .rmsprop, 0.01,
            [
                [0.6503455, 0.1786571, -0.5390749, 0.7712645, 1.0199976, -0.2753095],
                [0.3464317, 0.2753095],
                [0.2054829, -0.8964897, 0.7889961, -0.8047347, 1.3862840, -0.3717839],
                [-0.4204419, 0.3710809, 0.2914671],
            ]
        ),
        (
            .adam, 0.01,
            [
                [0.3555646, -0.0108991, -0.1618550, 0.5889618, 0.6596037, -0.0890437],
                [-0.0366806, 0.0890437],
                [0.5133809, -0.7043210, 0.4884524, -0.7938814, 1.1033914, -0.0063283],
                [-0.1895394, 0.2802340, -0.0046400],
            ]
        ),
        (
            .adamw, 0.01,
            [
                [0.3625188, -0.0105947, -0.1629185, 0.5882064, 0.6619194, -0.0892054],
                [-0.0366819, 0.0892054],
                [0.5122625, -0.7031016, 0.4877932, -0.7940707, 1.1013857, -0.0067751],
                [-0.1894591, 0.2803600, -0.0043542],
            ]
        ),
    ]

    // Transposed: PyTorch keeps weights as [outputs × inputs].
    private static let network = Network(layers: [
        Dense(
            weights: Matrix(rows: 3, columns: 2, [0.5, -0.2, -0.3, 0.4, 0.8, 0.1]),
            biases: Matrix(rows: 1, columns: 2, [0.1, -0.1])),
        Dense(
            weights: Matrix(rows: 2, columns: 3, [0.7, -0.5, 0.3, -0.6, 0.9, 0.2]),
            biases: Matrix(rows: 1, columns: 3, [0, 0.1, -0.2])),
    ])
    private static let inputs = Matrix(rows: 2, columns: 3, [1, 2, -1, 0.5, -1.5, 2])
    private static let labels: [UInt8] = [1, 2]

    private static func train(
        _ network: inout Network, _ optimizer: inout Optimizer, learningRate: Float, steps: Int
    ) {
        for _ in 0..<steps {
            let gradients = network.lossAndGradients(inputs: inputs, labels: labels).gradients
            optimizer.update(&network, gradients: gradients, learningRate: learningRate)
        }
    }

    @Test func twentyStepsAgreeWithPyTorch() {
        #expect(Self.pyTorch.map(\.kind) == Optimizer.Kind.allCases)
        for (kind, learningRate, expected) in Self.pyTorch {
            var network = Self.network
            var optimizer = Optimizer(kind, for: network, weightDecay: 0.01)
            Self.train(&network, &optimizer, learningRate: learningRate, steps: 20)
            let parameters = network.layers.flatMap { [$0.weights.elements, $0.biases.elements] }
            let difference = zip(parameters.joined(), expected.joined()).map { abs($0 - $1) }.largest ?? .infinity
            #expect(difference < 1e-5, "\(kind) is off by \(difference)")
        }
    }

    @Test(arguments: Optimizer.Kind.allCases) func goesOnFromWhatItRemembers(kind: Optimizer.Kind) {
        var (whole, parts) = (Self.network, Self.network)
        var optimizer = Optimizer(kind, for: whole, weightDecay: 0.01)
        Self.train(&whole, &optimizer, learningRate: 0.01, steps: 7)
        var first = Optimizer(kind, for: parts, weightDecay: 0.01)
        Self.train(&parts, &first, learningRate: 0.01, steps: 3)
        var second = Optimizer(kind, weightDecay: first.weightDecay, steps: first.steps, moments: first.moments)
        #expect(second == first)
        Self.train(&parts, &second, learningRate: 0.01, steps: 4)
        #expect(parts == whole)
        #expect(second == optimizer)
    }

    /// What a checkpoint holds and memory is reckoned by.
    @Test func keepsNoMoreMomentsThanItUses() {
        let counts: [Optimizer.Kind: Int] = [
            .sgd: 1, .momentum: 1, .nesterov: 1, .adagrad: 1, .rmsprop: 1, .adam: 2, .adamw: 2,
        ]
        for kind in Optimizer.Kind.allCases { #expect(kind.momentCount == counts[kind], "\(kind)") }
    }
}
