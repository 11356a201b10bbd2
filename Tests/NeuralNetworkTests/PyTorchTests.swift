import NeuralNetwork
import TestSupport
import Testing

/// The same small network in PyTorch. The numbers were printed by
///
///     import torch
///     model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 3))
///     with torch.no_grad():
///         model[0].weight.copy_(torch.tensor([[0.5, -0.3, 0.8], [-0.2, 0.4, 0.1]]))
///         model[0].bias.copy_(torch.tensor([0.1, -0.1]))
///         model[2].weight.copy_(torch.tensor([[0.7, -0.6], [-0.5, 0.9], [0.3, 0.2]]))
///         model[2].bias.copy_(torch.tensor([0.0, 0.1, -0.2]))
///     x = torch.tensor([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0]]); y = torch.tensor([1, 2])
///     logits = model(x)
///     loss = torch.nn.functional.cross_entropy(logits, y); loss.backward()
///     print(logits.tolist(), loss.item())
///     for p in model.parameters(): print((p.grad.T if p.dim() == 2 else p.grad).flatten().tolist())
///     sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
///     for _ in range(20):
///         sgd.zero_grad(); loss = torch.nn.functional.cross_entropy(model(x), y); loss.backward(); sgd.step()
///     print(loss.item())
///     for p in model.parameters(): print((p.T if p.dim() == 2 else p).flatten().tolist())
@Suite struct PyTorchTests {
    // Transposed: PyTorch keeps weights as [outputs × inputs].
    private let network = Network(layers: [
        Dense(
            weights: Matrix(rows: 3, columns: 2, [0.5, -0.2, -0.3, 0.4, 0.8, 0.1]),
            biases: Matrix(rows: 1, columns: 2, [0.1, -0.1])),
        Dense(
            weights: Matrix(rows: 2, columns: 3, [0.7, -0.5, 0.3, -0.6, 0.9, 0.2]),
            biases: Matrix(rows: 1, columns: 3, [0, 0.1, -0.2])),
    ])
    private let inputs = Matrix(rows: 2, columns: 3, [1, 2, -1, 0.5, -1.5, 2])
    private let labels: [UInt8] = [1, 2]

    private func expect(
        _ matrix: Matrix, equals expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let difference = zip(matrix.elements, expected).map { abs($0 - $1) }.largest ?? .infinity
        #expect(
            matrix.count == expected.count && difference < 1e-5, "off by \(difference)", sourceLocation: sourceLocation)
    }

    @Test func forwardAndBackward() {
        expect(
            network.logits(inputs),
            equals: [-0.2400000095, 0.4599999785, -0.1199999973, 1.6800000668, -1.1000000238, 0.5200000405])
        let (loss, gradients) = network.lossAndGradients(inputs: inputs, labels: labels)
        #expect(abs(loss.meanLoss - 1.0999164581) < 1e-6)
        expect(
            gradients.matrices[0],
            equals: [0.0636791885, -0.2763957679, -0.1910375655, -0.5527915359, 0.2547167540, 0.2763957679])
        expect(gradients.matrices[1], equals: [0.1273583770, -0.2763957679])
        expect(
            gradients.matrices[2],
            equals: [0.8723943830, 0.0541220345, -0.9265164733, 0.0482946001, -0.1027466208, 0.0544520095])
        expect(gradients.matrices[3], equals: [0.4842341542, -0.2343156934, -0.2499185055])
    }

    @Test func twentyStepsWithMomentum() {
        var network = network
        var optimizer = Optimizer(.momentum, for: network)
        for _ in 0..<20 {
            let gradients = network.lossAndGradients(inputs: inputs, labels: labels).gradients
            optimizer.update(&network, gradients: gradients, learningRate: 0.1)
        }
        expect(
            network.layers[0].weights,
            equals: [0.5571956635, 0.6195269823, -0.4715873003, 2.0390541553, 1.0287829638, -0.7195270658])
        expect(network.layers[0].biases, equals: [0.2143915594, 0.7195270658])
        expect(
            network.layers[1].weights,
            equals: [-1.4097257853, -0.8109292984, 2.7206547260, -0.7943388820, 1.6358134747, -0.3414745033])
        expect(network.layers[1].biases, equals: [-1.1940273046, 0.7462855577, 0.3477417827])
    }

    @Test func plainDescentGoesAlongTheGradient() {
        var changed = network
        var optimizer = Optimizer(.sgd, for: network)
        for _ in 0..<2 {
            let gradient = changed.lossAndGradients(inputs: inputs, labels: labels).gradients.matrices[3]
            let before = changed.layers[1].biases
            optimizer.update(
                &changed, gradients: changed.lossAndGradients(inputs: inputs, labels: labels).gradients,
                learningRate: 0.5)
            expect(changed.layers[1].biases, equals: zip(before.elements, gradient.elements).map { $0 - 0.5 * $1 })
        }
    }
}
