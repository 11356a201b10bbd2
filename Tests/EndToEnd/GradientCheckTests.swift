import Foundation
import Testing

extension EndToEnd {
    @Suite struct GradientCheckTests {
        private struct Layer: Decodable {
            let layer, inputs, outputs, compared: Int
            let worstRelativeError: Double
        }

        @Test func tellsTheWorstErrorOfEachLayer() throws {
            let result = try Inkling.run(
                ["gradcheck", "--layers", "24,12", "--activation", "gelu", "--samples", "50", "--json"])
            #expect(result.status == .success)
            let layers = try result.lines.map { try JSONDecoder().decode(Layer.self, from: Data($0.utf8)) }
            #expect(layers.map(\.layer) == [1, 2, 3])
            #expect(layers.map(\.inputs) == [784, 24, 12])
            #expect(layers.map(\.outputs) == [24, 12, 10])
            #expect(layers.allSatisfy { $0.compared == 50 })
            #expect(layers.allSatisfy { $0.worstRelativeError > 0 && $0.worstRelativeError < 1e-4 })
        }

        @Test func readsWellToo() throws {
            let result = try Inkling.run(["gradcheck", "--layers", "none"])
            #expect(result.status == .success)
            #expect(result.lines.count == 2)
            #expect(result.lines[0] == "layer           compared   worst relative error   (1e-5 or less is rounding)")
            #expect(
                result.lines[1].wholeMatch(of: /1  784→10            200   \d\.\de-\d\d/) != nil, "\(result.output)")
        }

        @Test func badUsageIsNamed() throws {
            let result = try Inkling.run(["gradcheck", "--samples", "0"])
            #expect(result.status == .exited(64))
            #expect(result.error.contains("--samples"))
        }
    }
}
