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
}
