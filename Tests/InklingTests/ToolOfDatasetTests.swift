import Datasets
import Testing

@testable import Inkling

struct ToolOfDatasetTests {
    @Test func isMadeOnceForEachDataSet() {
        func dataset(_ pixel: UInt8) -> Dataset {
            let images = ImageSet(width: 1, height: 1, pixels: [pixel], labels: [0])
            return Dataset(name: "d", train: images, test: images)
        }
        var (kept, made) = (ToolOfDataset<Int>(), 0)
        func tool(_ pixel: UInt8) -> Int {
            kept.tool(for: dataset(pixel)) {
                made += 1
                return made
            }
        }
        #expect([tool(7), tool(7), tool(8), tool(8), tool(7)] == [1, 1, 2, 2, 3])
    }
}
