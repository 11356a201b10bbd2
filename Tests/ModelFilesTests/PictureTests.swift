import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import ModelFiles

/// Pictures of digits, as `classify` reads them.
@Suite struct PictureTests {
    /// The share of MNIST's first 1,000 test images that the network from PyTorch reads after `change`.
    private func accuracy(_ change: (GreyImage) -> GreyImage) throws -> Double {
        let test = try DatasetLocation.find("mnist", dataDirectory: packageFolder + "/Assets").load().test
        let network = try Model(file: packageFolder + "/Assets/models/pytorch-mnist-128-64.safetensors").network
        let correct = try (0..<1000).count { index in
            let image = GreyImage(width: 28, height: 28, pixels: Array(test.image(index)))
            let pixels = try #require(change(image).withBrightInk().networkImage())
            let logits = network.logits(Matrix(rows: 1, columns: 784, pixels.map { Float($0) / 255 })).elements
            return logits.firstIndex(of: logits.max() ?? 0) == Int(test.labels[index])
        }
        return Double(correct) / 1000
    }

    @Test func centringDoesNotHarm() throws {
        #expect(try accuracy { $0 } >= 0.97)
    }

    @Test func largeDarkOnLightAndOffCentreIsReadAsWell() throws {
        let accuracy = try accuracy { image in
            // Three times as large, ink 40 on paper 220, in the lower right of 150 × 120.
            let pixels = (0..<150 * 120).map { index -> UInt8 in
                let (x, y) = ((index % 150 - 60) / 3, (index / 150 - 34) / 3)
                guard index % 150 >= 60, index / 150 >= 34, x < 28, y < 28 else { return 220 }
                return UInt8(220 - Int(image.pixels[y * 28 + x]) * 180 / 255)
            }
            return GreyImage(width: 150, height: 120, pixels: pixels)
        }
        #expect(accuracy >= 0.97)
    }
}
