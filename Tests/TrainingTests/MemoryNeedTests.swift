import NeuralNetwork
import Testing

@testable import Training

@Suite struct MemoryNeedTests {
    private func bytes(_ layers: [HiddenLayer]) throws -> Double {
        var configuration = makeConfiguration()
        configuration.hiddenLayers = layers
        return try MemoryNeed(of: configuration, on: makeHalves()).bytes
    }

    /// Those of all runs together, whatever the network.
    @Test func theMomentsCount() throws {
        let need = try bytes([])
        #expect(need > Double(Moments.mostBytes) && need < Double(Moments.mostBytes) * 1.1)
    }

    @Test func theWeightsCountSeveralTimes() throws {
        let weights = 4.0 * 4096 * 4096
        #expect(try bytes([4096, 4096]) - bytes([4096]) > 4 * weights)
    }

    /// Two blocks of 16 images with three maps of 2 × 2 of pictures of 4 × 4, then ten classes; momentum is remembered.
    @Test func eachPartCountsAsOftenAsItIsThere() throws {
        var configuration = makeConfiguration()
        configuration.batchSize = 17
        configuration.optimizer = .momentum
        configuration.hiddenLayers = [.convolution(channels: 3, kernel: 3, padding: .valid)]
        let (kernels, classes) = (3.0 * (9 + 1), 10.0 * (3 * 4 + 1))
        let copies = 5.0
        let outputs = 2.0 * 17 * (16 + 12 + 10)
        let patches = 64.0 * 4 * 9
        let gradients = 2 * kernels
        let numbers = (kernels + classes) * copies + outputs + patches + gradients
        #expect(try MemoryNeed(of: configuration, on: makeHalves()).bytes == 4 * numbers + Double(Moments.mostBytes))
    }

    @Test func saysItInGigabytes() { #expect(MemoryNeed.text(32_149_000_000) == "32.1 GB") }
}
